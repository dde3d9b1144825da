"""An office's subscription: started, changed, canceled, and its next cycles (OFF-02, BIL-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import anchors, months, offices, plans, subscriptions
from dashboard.billing.activations import activate
from dashboard.billing.prices import NoPrice
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import BillingCycle, Office, OfficeStatus, Plan
from dashboard.unit import writing
from tests.support import practice

pytestmark = pytest.mark.both
MARCH, NEW_YORK = date(2026, 3, 1), "America/New_York"
ACTIVE, CANCELED, TRIALING = OfficeStatus.ACTIVE, OfficeStatus.CANCELED, OfficeStatus.TRIALING
ONE = [("patient_activation", 1, 200)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield offices.create(name="Demo Family Practice", time_zone=NEW_YORK, now=at("2026-01-01"))


def start(office: Office, anchor: str, now: str, plan: Plan | None = None, **more: Any) -> None:
    subscriptions.start(office, plan or practice.plan(), date.fromisoformat(anchor), at(now), **more)


def cycles(office: Office) -> list[tuple[str, str]]:
    ours = select(BillingCycle).where(BillingCycle.office_id == office.id).order_by(BillingCycle.number)
    return [(str(cycle.start), str(cycle.end)) for cycle in db.session.scalars(ours)]


def dates(office: Office) -> list[str]:
    return [str(day) for day in subscriptions.next_cycle_dates(office)]


def test_the_first_cycle_holds_the_start_however_old_the_anchor(office: Office) -> None:
    start(office, "2025-01-31", "2026-03-10T12:00")
    assert office.subscription_status is ACTIVE
    assert cycles(office) == [("2026-02-28", "2026-03-31")]
    assert dates(office) == ["2026-03-31", "2026-04-30", "2026-05-31"]


def test_an_anchor_to_come_begins_cycle_0(office: Office) -> None:
    start(office, "2026-04-01", "2026-03-10")
    assert (cycles(office), dates(office)) == ([], ["2026-04-01", "2026-05-01", "2026-06-01"])
    months.up_to_date(office.id, at("2026-04-01T04:00"))
    assert cycles(office) == [("2026-04-01", "2026-05-01")]


def test_nothing_before_the_start_is_billed(office: Office) -> None:
    early, late = practice.patient(office), practice.patient(office)
    assert activate(early, at=at("2026-03-02"), now=at("2026-03-02")) is None
    start(office, "2026-01-01", "2026-03-10T12:00")
    assert activate(late, at=at("2026-03-09"), now=at("2026-03-10T13:00")) is None
    assert practice.charged(office) == 0
    assert activate(late, at=at("2026-03-11"), now=at("2026-03-11")) is not None
    months.up_to_date(office.id, at("2026-04-02"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": [("patient_activation", 2, 200)]}


def test_a_trial_ends_with_the_first_boundary_on_or_after_its_last_day(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10", trial_ends_on=date(2026, 4, 15))
    assert office.subscription_status is TRIALING
    months.up_to_date(office.id, at("2026-04-20"))
    assert office.subscription_status is TRIALING
    months.up_to_date(office.id, at("2026-05-02"))
    assert office.subscription_status is ACTIVE


def test_a_trial_that_is_over_before_it_begins_is_refused(office: Office) -> None:
    with pytest.raises(Invalid):
        start(office, "2026-03-01", "2026-03-10T12:00", trial_ends_on=date(2026, 3, 10))


def test_an_office_has_one_subscription_at_a_time(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    with pytest.raises(subscriptions.SubscriptionRunning):
        start(office, "2026-03-01", "2026-03-11")


def test_a_plan_without_a_price_yet_is_refused(office: Office) -> None:
    later_on = plans.create("Later", 3_00, effective=date(2026, 5, 1), now=at("2026-01-01"))
    with pytest.raises(NoPrice):
        start(office, "2026-03-01", "2026-03-10", plan=later_on)
    start(office, "2026-03-01", "2026-03-10")
    with pytest.raises(NoPrice):
        subscriptions.change_plan(office, later_on, at("2026-03-11"))


def test_another_plan_holds_from_the_next_cycle(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    dearer = plans.create("Dearer", 3_00, effective=date(2026, 4, 1), now=at("2026-01-01"))
    subscriptions.change_plan(office, dearer, at("2026-03-11"))
    activate(practice.patient(office), at=at("2026-03-12"), now=at("2026-03-12"))
    months.up_to_date(office.id, at("2026-04-02"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": [("patient_activation", 1, 300)]}


def test_a_price_from_the_past_re_prices_no_opened_cycle(office: Office) -> None:
    plan = plans.create("Plain", 2_00, effective=date(2026, 1, 1), now=at("2026-01-01"))
    start(office, "2026-03-01", "2026-03-10", plan=plan)
    plans.add_price(plan, 2_50, effective=date(2026, 2, 1), now=at("2026-03-11"))
    activate(practice.patient(office), at=at("2026-03-12"), now=at("2026-03-12"))
    months.up_to_date(office.id, at("2026-04-02"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": [("patient_activation", 1, 250)]}


def test_a_new_anchor_makes_one_short_cycle_that_carries_nobody(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    activate(practice.patient(office), at=at("2026-03-12"), now=at("2026-03-12"))
    subscriptions.change_anchor(office, date(2026, 1, 15), at("2026-03-13"))
    assert dates(office) == ["2026-04-01", "2026-04-15", "2026-05-15"]
    months.up_to_date(office.id, at("2026-05-16"))
    assert practice.invoiced(office) == {
        "2026-03-01": ONE,
        "2026-04-01": [],
        "2026-04-15": ONE,
        "2026-05-15": ONE,
    }


def test_a_new_anchor_on_the_same_day_changes_nothing(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.change_anchor(office, date(2026, 8, 1), at("2026-03-13"))
    assert office.next_anchor_date is None
    assert dates(office) == ["2026-04-01", "2026-05-01", "2026-06-01"]


@pytest.mark.parametrize(
    ("anchor", "end", "expected"),
    [
        ("2026-01-15", "2026-04-01", "2026-04-15"),
        ("2030-09-15", "2026-04-01", "2026-04-15"),
        ("2026-01-31", "2026-02-10", "2026-01-31"),
        ("2027-05-31", "2026-02-10", "2026-01-31"),
        ("2026-01-31", "2026-04-30", "2026-03-31"),
        ("2026-01-30", "2026-04-30", "2026-04-30"),
        ("2025-12-05", "2025-12-20", "2026-01-05"),
    ],
)
def test_a_new_anchor_begins_within_a_month_and_keeps_its_day(anchor: str, end: str, expected: str) -> None:
    assert anchors.normalized(date.fromisoformat(anchor), date.fromisoformat(end)).isoformat() == expected


def test_the_31st_comes_back_after_an_anchor_was_changed_to_it(office: Office) -> None:
    start(office, "2026-02-10", "2026-02-01")
    months.up_to_date(office.id, at("2026-02-11"))
    subscriptions.change_anchor(office, date(2027, 12, 31), at("2026-02-12"))
    months.up_to_date(office.id, at("2026-06-02"))
    assert [start for start, _ in cycles(office)] == [
        "2026-02-10",
        "2026-03-10",
        "2026-03-31",
        "2026-04-30",
        "2026-05-31",
    ]


def test_an_anchor_changed_before_the_first_cycle_moves_that_one(office: Office) -> None:
    start(office, "2026-05-01", "2026-03-10")
    subscriptions.change_anchor(office, date(2026, 4, 15), at("2026-03-11"))
    assert dates(office) == ["2026-04-15", "2026-05-15", "2026-06-15"]


def test_a_new_zone_moves_the_end_of_the_open_cycle(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.change_zone(office, "Pacific/Honolulu", at("2026-03-31"))
    assert office.next_boundary == at("2026-04-01T10:00")
    months.up_to_date(office.id, at("2026-04-01T09:59"))
    assert len(cycles(office)) == 1
    months.up_to_date(office.id, at("2026-04-01T10:00"))
    assert cycles(office) == [("2026-03-01", "2026-04-01"), ("2026-04-01", "2026-05-01")]


def test_a_boundary_that_has_passed_in_the_new_zone_stays_where_it_was(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.change_zone(office, "Asia/Tokyo", at("2026-03-31T20:00"))
    assert office.next_boundary == at("2026-04-01T04:00")
    months.up_to_date(office.id, at("2026-04-01T04:00"))
    assert office.next_boundary == at("2026-04-30T15:00")


def test_an_unknown_zone_is_refused(office: Office) -> None:
    with pytest.raises(offices.UnknownZone):
        subscriptions.change_zone(office, "Mars/Olympus", at("2026-03-10"))


def test_a_cancellation_holds_from_the_end_of_the_cycle(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.cancel(office, at("2026-03-12"))
    assert (office.subscription_status, dates(office)) == (ACTIVE, [])
    patient = practice.patient(office)
    assert activate(patient, at=at("2026-03-20"), now=at("2026-03-20")) is not None
    assert activate(patient, at=at("2026-04-02"), now=at("2026-04-02")) is None
    subscriptions.refresh_status(office, at("2026-04-02"))
    assert office.subscription_status is CANCELED
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": []}


def test_what_was_canceled_cannot_be_changed_or_canceled_again(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.cancel(office, at("2026-03-12"))
    for act in (
        lambda: subscriptions.cancel(office, at("2026-03-13")),
        lambda: subscriptions.change_plan(office, practice.plan(), at("2026-03-13")),
        lambda: subscriptions.change_anchor(office, MARCH, at("2026-03-13")),
    ):
        with pytest.raises(subscriptions.NoSubscription):
            act()


def test_a_trial_that_was_canceled_never_becomes_active(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10", trial_ends_on=date(2026, 4, 1))
    subscriptions.cancel(office, at("2026-03-12"))
    activate(practice.patient(office), at=at("2026-03-20"), now=at("2026-03-20"))
    months.up_to_date(office.id, at("2026-04-02"))
    subscriptions.refresh_status(office, at("2026-04-02"))
    assert (office.subscription_status, practice.charged(office)) == (CANCELED, 1)


def test_a_cancellation_moves_with_the_zone(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    subscriptions.cancel(office, at("2026-03-12"))
    subscriptions.change_zone(office, "Pacific/Honolulu", at("2026-03-13"))
    assert subscriptions.ends_at(office) == at("2026-04-01T10:00")


def test_one_that_has_not_begun_is_canceled_at_once(office: Office) -> None:
    start(office, "2026-05-01", "2026-03-10")
    subscriptions.cancel(office, at("2026-03-12"))
    assert (office.subscription_status, office.next_boundary) == (CANCELED, None)


def test_one_that_was_canceled_starts_again_and_bills_nothing_between(office: Office) -> None:
    start(office, "2026-03-01", "2026-03-10")
    activate(practice.patient(office), at=at("2026-03-12"), now=at("2026-03-12"))
    subscriptions.cancel(office, at("2026-03-13"))
    start(office, "2026-03-01", "2026-05-10")
    months.up_to_date(office.id, at("2026-06-02"))
    assert office.subscription_status is ACTIVE
    assert practice.invoiced(office) == {
        "2026-03-01": ONE,
        "2026-04-01": [],
        "2026-05-01": [],
        "2026-06-01": ONE,
    }
