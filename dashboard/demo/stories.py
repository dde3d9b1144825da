"""What happened to each invented order, before any row is made: a small plan that the rows follow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from dashboard.catalog import SERVICES, Service
from dashboard.demo import cast
from dashboard.intake import Deactivated, EntityKind, FilingReason, Intake, RosterMember, SurrogateAccess
from dashboard.models import TodoStatus
from dashboard.orders.words import Case

SHARES = {
    TodoStatus.PENDING: 34,
    TodoStatus.IN_PROGRESS: 16,
    TodoStatus.WAITING: 10,
    TodoStatus.DONE: 34,
    TodoStatus.CANCELED: 6,
}
# what was ordered longer ago than this is mostly finished
FRESH = timedelta(days=4)
SHARES_OF_OLD = {
    TodoStatus.PENDING: 1,
    TodoStatus.IN_PROGRESS: 2,
    TodoStatus.WAITING: 4,
    TodoStatus.DONE: 86,
    TodoStatus.CANCELED: 7,
}
POPULARITY = (26, 12, 20, 14, 20, 8)


@dataclass(frozen=True, slots=True)
class Story:
    """One order and its todo: what, for whom, when, and how far it is."""

    case: Case
    email: str
    ordered_at: datetime
    told_at: datetime
    status: TodoStatus
    worker: int | None
    office: int | None

    @property
    def paid_at(self) -> datetime:
        return self.ordered_at + min(timedelta(minutes=12), (self.told_at - self.ordered_at) / 4)

    @property
    def worked_at(self) -> datetime:
        return self.paid_at + min(timedelta(hours=5), (self.told_at - self.paid_at) / 2)

    def before_renewal(self) -> Story | None:
        """The first fulfilment of an order whose story is about a renewal: done long ago."""
        if not self.case.recurring:
            return None
        return replace(
            self,
            case=replace(self.case, recurring=False, invoice_id=None),
            status=TodoStatus.DONE,
            worker=self.worker or 0,
        )


def stories(count: int, now: datetime, *, workers: int, offices: int) -> Iterator[Story]:
    """That many stories ending at `now` (UTC), the oldest first; the same ones each time."""
    dice = Random(20261120)
    for number in range(count):
        yield _story(dice, now, _age(dice, count - number, count), workers, offices)


def _age(dice: Random, place: int, count: int) -> timedelta:
    """Older ones are further back; the newest half within ten days."""
    share = place / count
    return timedelta(days=10 * share + 80 * share**4, minutes=dice.randrange(20, 600))


def _story(dice: Random, now: datetime, age: timedelta, workers: int, offices: int) -> Story:
    ordered_at = now - age
    service = dice.choices(SERVICES, POPULARITY)[0]
    name = cast.person(dice)
    shares = SHARES if age < FRESH else SHARES_OF_OLD
    status = dice.choices(list(shares), list(shares.values()))[0]
    renewal = service.billing_interval is not None and dice.random() < 0.5
    invoice = f"in_demo{dice.randrange(10**8):08d}" if renewal else None
    taken = status in {TodoStatus.IN_PROGRESS, TodoStatus.DONE, TodoStatus.WAITING} or dice.random() < 0.2
    return Story(
        case=Case(service, _intake(dice, service, name, ordered_at), name, renewal, invoice),
        email=f"{name.split()[1].lower()}{dice.randrange(1000)}@clients.example",
        ordered_at=ordered_at,
        told_at=now,
        status=status,
        worker=dice.randrange(workers) if taken else None,
        office=dice.randrange(offices) if dice.random() < 0.4 else None,
    )


def _intake(dice: Random, service: Service, name: str, ordered_at: datetime) -> Intake:
    """Mostly complete; one in twelve lacks what is required."""
    complete = dice.random() > 1 / 12
    return Intake(
        npi=cast.invented_npi(dice) if complete else None,
        provider_name=name,
        email=f"office{dice.randrange(1000)}@clients.example",
        specialty=dice.choice(cast.SPECIALTIES),
        practice_state=dice.choice(cast.STATES),
        surrogate_access=dice.choice(list(SurrogateAccess)),
        filing_reason=FilingReason.REVALIDATION if service.slug == "npi-revalidation" else None,
        entity_kind=dice.choice(list(EntityKind)),
        change_date=ordered_at.date() if service.slug == "nppes-update" else None,
        changes="A new practice address." if service.slug == "nppes-update" else None,
        deactivated=dice.choice(list(Deactivated)) if service.slug == "npi-reactivation" else None,
        roster=tuple(_member(dice) for _ in range(dice.randrange(4))) if "screening" in service.slug else (),
    )


def _member(dice: Random) -> RosterMember:
    return RosterMember(name=cast.person(dice), npi=cast.invented_npi(dice))
