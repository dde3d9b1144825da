"""The ledger: who owes what for which cycle, as turns that are added and never changed (spec BIL-01, BIL-03).

What a patient owes for a cycle follows from the events alone. Whenever something is told, each cycle that
it touches is compared with its turns: what is owed and not charged gets a turn that charges, what is
charged and not owed one that takes it back. The unique key (cycle, patient, turn) is what makes a charge
happen once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from dashboard.billing import statuses
from dashboard.billing.activity import Interval
from dashboard.billing.periods import AnyCycle
from dashboard.billing.statuses import History
from dashboard.extensions import db
from dashboard.models import Charge, OfficeStatus, Patient, PatientEvent, Told

TURNS = (
    select(Charge)
    .where(
        Charge.patient_id == bindparam("patient"), Charge.cycle_id.in_(bindparam("cycles", expanding=True))
    )
    .order_by(Charge.turn)
)


@dataclass(frozen=True, slots=True)
class Story:
    """All that decides what a patient owes an office: what was told, when active, what the office's status
    was.
    """

    events: Sequence[PatientEvent]
    active: Sequence[Interval]
    statuses: History

    def due_at(self, cycle: AnyCycle) -> datetime | None:
        """The instant at which the patient becomes due for a cycle, or None.

        That is the cycle's first instant for whoever was active just before it, else the first activation
        in the cycle; and the office's status at that instant must be one that is charged. A short cycle
        costs nothing for whoever was active just before it, whatever is told of them in it (BIL-06).
        """
        return next((at for at in self._candidates(cycle) if self.status_at(at).is_charged), None)

    def cents(self, cycle: AnyCycle, due: datetime) -> int:
        """The cycle's price; nothing while the office tries us out."""
        return 0 if self.status_at(due) is OfficeStatus.TRIALING else cycle.cents

    def status_at(self, instant: datetime) -> OfficeStatus:
        return statuses.status_at(self.statuses, instant)

    def _candidates(self, cycle: AnyCycle) -> Iterator[datetime]:
        was_active = any(
            each.office_id == cycle.office_id and each.is_active_before(cycle.start_utc)
            for each in self.active
        )
        if was_active and not cycle.carries:
            return
        if was_active:
            yield cycle.start_utc
        for event in self.events:
            is_ours = event.told is Told.ACTIVATED and event.office_id == cycle.office_id
            if is_ours and cycle.start_utc <= event.effective_at < cycle.end_utc:
                yield event.effective_at


def turns_of(patient: Patient, cycles: Sequence[AnyCycle]) -> dict[int, list[Charge]]:
    """The patient's turns of these cycles, by the cycle's id, oldest first."""
    found: defaultdict[int, list[Charge]] = defaultdict(list)
    if not cycles:
        return found
    told = {"patient": patient.id, "cycles": [cycle.id for cycle in cycles]}
    for turn in db.session.scalars(TURNS, told):
        found[turn.cycle_id].append(turn)
    return found


def next_turns(
    patient: Patient,
    story: Story,
    cycle: AnyCycle,
    turns: Sequence[Charge],
    *,
    now: datetime,
    settled_in: int,
) -> list[Charge]:
    """The turns that bring the ledger to what the patient owes for a cycle; none where it is there already.

    Two, if another instant is due than the one charged, and the office's status then makes another price.
    """
    due, stands = story.due_at(cycle), standing(turns)
    owed = story.cents(cycle, due) if due else None
    if owed == (stands.cents if stands else None):
        return []
    wanted = [(stands.cents, stands.due_at)] if stands else []
    wanted += [(owed, due)] if due and owed is not None else []
    return [
        Charge(
            office_id=cycle.office_id,
            cycle_id=cycle.id,
            patient_id=patient.id,
            turn=turn,
            cents=cents,
            settled_in=settled_in,
            due_at=at,
            told_at=now,
        )
        for turn, (cents, at) in enumerate(wanted, start=len(turns))
    ]


def settled(
    patient: Patient,
    story: Story,
    cycles: Sequence[AnyCycle],
    turns: Mapping[int, Sequence[Charge]],
    now: datetime,
) -> dict[int, list[Charge]]:
    """The turns of these cycles, oldest first, and what is missing: the newest one's invoice has it."""
    found = {}
    for cycle in cycles:
        known = turns.get(cycle.id, ())
        new = next_turns(patient, story, cycle, known, now=now, settled_in=cycles[-1].id)
        found[cycle.id] = [*known, *new]
    return found


def charge_at(
    at: datetime, cycles: Sequence[AnyCycle], turns: Mapping[int, Sequence[Charge]]
) -> Charge | None:
    """The charge that stands for the cycle that holds `at`, if one does; no cycle ended before."""
    holding = [cycle.id for cycle in cycles if cycle.start_utc <= at]
    return standing(turns[holding[0]]) if holding else None


def standing(turns: Sequence[Charge]) -> Charge | None:
    """The charge that these turns leave standing, if one does."""
    return turns[-1] if len(turns) % 2 == 1 else None
