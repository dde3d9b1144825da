"""When a patient is active: replayed from everything that was told, whenever it was told (spec BIL-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from dashboard.extensions import db
from dashboard.models import ActivityInterval, Patient, PatientEvent, Told

HISTORY = (
    select(PatientEvent)
    .where(PatientEvent.patient_id == bindparam("patient"))
    .order_by(PatientEvent.effective_at, PatientEvent.id)
)


@dataclass(slots=True)
class Interval:
    """[started, ended) at one office; `ended` is None while it goes on."""

    office_id: int
    started: datetime
    ended: datetime | None = None

    def is_active_before(self, instant: datetime) -> bool:
        """Whether it was going on just before `instant`: an event at the instant itself comes too late."""
        return self.started < instant and (self.ended is None or self.ended >= instant)


def history(patient: Patient) -> Sequence[PatientEvent]:
    """Everything told of a patient, in the order in which it holds; of one instant, in the order of
    telling.
    """
    return db.session.scalars(HISTORY, {"patient": patient.id}).all()


def with_news(events: Sequence[PatientEvent], news: PatientEvent) -> list[PatientEvent]:
    """A history with one more event in its place: of one instant it is the last."""
    earlier = [event for event in events if event.effective_at <= news.effective_at]
    return [*earlier, news, *events[len(earlier) :]]


def intervals(events: Iterable[PatientEvent]) -> list[Interval]:
    """The activity that these events, in their order, amount to. Active at another office is no longer
    active at the first.
    """
    found: list[Interval] = []
    for event in events:
        going_on = found[-1] if found and found[-1].ended is None else None
        begins = event.told is Told.ACTIVATED
        if going_on and not (begins and going_on.office_id == event.office_id):
            going_on.ended, going_on = event.effective_at, None
        if begins and not going_on:
            found.append(Interval(event.office_id, event.effective_at))
    return found


def redraw(
    patient: Patient, events: Sequence[PatientEvent], known: Sequence[PatientEvent] | None = None
) -> list[Interval]:
    """Write the patient's intervals anew, and say on the patient what holds in the end.

    Nothing is written where the events that were `known` before come to the same.
    """
    drawn = intervals(events)
    if known and intervals(known) == drawn:
        return drawn
    if len(events) > 1:
        db.session.execute(delete(ActivityInterval).where(ActivityInterval.patient_id == patient.id))
    db.session.add_all(rows(patient, drawn))
    say(patient, drawn)
    return drawn


def rows(patient: Patient, drawn: Iterable[Interval]) -> list[ActivityInterval]:
    """The patient's intervals as they are kept."""
    return [
        ActivityInterval(
            patient_id=patient.id, office_id=each.office_id, started=each.started, ended=each.ended
        )
        for each in drawn
    ]


def say(patient: Patient, drawn: Sequence[Interval]) -> None:
    """Say on the patient what its intervals come to in the end."""
    last = drawn[-1] if drawn else None
    patient.is_active_for_billing = last is not None and last.ended is None
    patient.activated_at = last.started if last else None
    patient.deactivated_at = last.ended if last else None
