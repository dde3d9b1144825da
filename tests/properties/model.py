"""Who owes what for each cycle, by brute force, from lists of what was told (spec BIL-01 to BIL-06).

Written from the text of the rules alone; it shares no line with `dashboard.billing` and asks no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TypeAlias, TypeVar

from tests.properties.slow_calendar import first_instant, is_boundary, next_boundary

ACTIVATE, DEACTIVATE = "activate", "deactivate"
CHARGED = {"trialing", "active", "past_due"}
FOR_EVER = datetime.max.replace(tzinfo=UTC)
Value = TypeVar("Value")
Lines: TypeAlias = "Counter[tuple[str, date, int]]"  # how many, by kind, month of service, cents each


@dataclass(frozen=True)
class Told:
    """That a patient became active or inactive at an office, `at` an instant (UTC), told to us at `told`."""

    office: str
    patient: str
    kind: str
    at: datetime
    told: datetime


@dataclass(frozen=True)
class Cycle:
    """One billing month [begins, ends), UTC; `start` is its first local day. Short: up to a new anchor."""

    start: date
    begins: datetime
    ends: datetime
    short: bool


@dataclass
class History:
    """Everything that was told about an office, each list in the order of telling.

    `trials` say until when a trial that begins lasts; `canceled` when somebody canceled the subscription.
    """

    name: str
    zone: str
    anchor: date
    statuses: list[tuple[datetime, str]]
    prices: list[tuple[date, int]]
    trials: dict[datetime, date] = field(default_factory=dict)
    canceled: list[datetime] = field(default_factory=list)
    zones: list[tuple[datetime, str]] = field(default_factory=list)
    anchors: list[tuple[datetime, date]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)

    @property
    def patients(self) -> list[str]:
        return sorted({each.patient for each in self.told})

    def cycles(self, now: datetime) -> list[Cycle]:
        """Every cycle that has begun by `now`, oldest first."""
        return list(self._cycles(now))

    def _cycles(self, now: datetime) -> Iterator[Cycle]:
        day, begins = self.anchor, first_instant(self.anchor, self.zone)
        while begins <= now:
            anchor, zone = before(self.anchors, begins, self.anchor), before(self.zones, begins, self.zone)
            next_day = next_boundary(day, anchor)
            ends = self._end(next_day, begins, zone)
            yield Cycle(day, begins, ends, short=not is_boundary(day, anchor))
            day, begins = next_day, ends

    def _end(self, day: date, begins: datetime, zone: str) -> datetime:
        """When the cycle ends: as this day begins. A new zone moves that, if it is still to come."""
        ends = max(begins, first_instant(day, zone))
        for made, new_zone in self.zones:
            moved = first_instant(day, new_zone)
            if begins <= made < ends and made < moved:
                ends = moved
        return ends

    def price(self, cycle: Cycle) -> int:
        """The cents in force on the cycle's first local day."""
        return max(version for version in self.prices if version[0] <= cycle.start)[1]

    def status(self, at: datetime) -> str:
        """What the office's subscription was at this instant; before it began there was none."""
        ends = [(self.holding(canceled).ends, "canceled") for canceled in self.canceled if canceled <= at]
        told = sorted([*self.statuses, *ends], key=lambda each: each[0])
        since, status = ([each for each in told if each[0] <= at] or [(at, "none")])[-1]
        over = status == "trialing" and self.trial_is_over(self.trials[since], at)
        return "active" if over else status

    def trial_is_over(self, last: date, at: datetime) -> bool:
        """A trial ends with the first cycle that begins on its last day or later."""
        return any(cycle.start >= last for cycle in self.cycles(at))

    def holding(self, at: datetime) -> Cycle:
        """The cycle that is running at an instant."""
        return self.cycles(at)[-1]

    def will_end(self, now: datetime) -> bool:
        """Whether the subscription was canceled and runs on to the end of its cycle."""
        return any(canceled <= now < self.holding(canceled).ends for canceled in self.canceled)

    def owed(self, cycle: Cycle, patient: str, known_before: datetime) -> int | None:
        """Cents the patient costs for the cycle, by what was told before this instant; None: no charge."""
        events = [each for each in self.told if each.patient == patient and each.told < known_before]
        for instant in charging_instants(self.name, cycle, events):
            if (status := self.status(instant)) in CHARGED:
                return 0 if status == "trialing" else self.price(cycle)
        return None

    def settled(self, cycle: Cycle, patient: str, within: Cycle) -> tuple[int | None, int | None]:
        """What the patient cost for `cycle` before anything was told in `within`, and after."""
        first = None if within == cycle else self.owed(cycle, patient, within.begins)
        return first, self.owed(cycle, patient, within.ends)


def before(changes: Sequence[tuple[datetime, Value]], instant: datetime, otherwise: Value) -> Value:
    """The last of the changes that were made before this instant: they hold from the next boundary."""
    return ([value for made, value in changes if made < instant] or [otherwise])[-1]


def charging_instants(office: str, cycle: Cycle, events: Sequence[Told]) -> list[datetime]:
    """When a charge for the cycle may arise: at its first instant if active then, and at activations."""
    carried = [cycle.begins] if was_active_at(office, events, cycle.begins) else []
    if carried and cycle.short:
        return []
    activated = [
        each.at
        for each in events
        if (each.office, each.kind) == (office, ACTIVATE) and cycle.begins <= each.at < cycle.ends
    ]
    return carried + sorted(activated)


def was_active_at(office: str, events: Sequence[Told], instant: datetime) -> bool:
    """The state left by all events strictly before this instant; of two at once the later told holds."""
    earlier = sorted((each for each in events if each.at < instant), key=lambda each: each.at)
    return bool(earlier) and (earlier[-1].office, earlier[-1].kind) == (office, ACTIVATE)


def next_start(history: History, now: datetime) -> date:
    """The local day on which the running cycle will be followed by the next."""
    cycle = history.holding(now)
    return next_boundary(cycle.start, before(history.anchors, cycle.begins, history.anchor))


def lines(history: History, cycle: Cycle) -> Lines:
    """What the ledger puts on the cycle's invoice; what costs nothing stands on no line."""
    found: Lines = Counter()
    for service in history.cycles(cycle.begins):
        for patient in history.patients:
            was, becomes = history.settled(service, patient, cycle)
            if difference := (becomes or 0) - (was or 0):
                found[kind(service == cycle, difference), service.start, difference] += 1
    return found


def kind(own: bool, cents: int) -> str:
    """An activation of this month, or a correction of an earlier one."""
    if own:
        return "patient_activation"
    return "adjustment" if cents > 0 else "credit"


def total(of: Lines) -> int:
    return sum(quantity * cents for (_, _, cents), quantity in of.items())


def invoices(history: History, now: datetime) -> dict[date, Lines]:
    """The lines of each cycle's invoice; what it credits beyond its charges is credited on the next one."""
    found: dict[date, Lines] = {}
    rest = 0
    for cycle in history.cycles(now):
        found[cycle.start] = lines(history, cycle)
        if rest:
            found[cycle.start]["credit", cycle.start, rest] += 1
        rest = min(0, total(found[cycle.start]))
    return found


def ledger(history: History, now: datetime) -> dict[tuple[date, str], int]:
    """Every charge that stands now: cents by the cycle's first day and the patient."""
    found = {}
    for cycle in history.cycles(now):
        for patient in history.patients:
            cents = history.owed(cycle, patient, known_before=FOR_EVER)
            if cents is not None:
                found[cycle.start, patient] = cents
    return found
