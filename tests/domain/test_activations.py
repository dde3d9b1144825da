"""A patient becomes billable: once per cycle, carried over while active, settled late in the open draft
(BIL-01..06).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from dashboard.billing import months
from dashboard.billing.activations import InTheFuture, activate, deactivate
from dashboard.models import Office, OfficeStatus
from dashboard.unit import writing
from tests.support import practice

pytestmark = pytest.mark.both
MARCH = date(2026, 3, 1)
ONE, TWO = [("patient_activation", 1, 200)], [("patient_activation", 2, 200)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield practice.office(MARCH)


def test_creating_a_patient_costs_nothing(office: Office) -> None:
    practice.patient(office)
    assert practice.charged(office) == 0


def test_an_activation_costs_the_price_once_however_often_it_is_told(office: Office) -> None:
    patient = practice.patient(office)
    first = activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    again = activate(patient, at=at("2026-03-02"), now=at("2026-03-30"))
    assert first is again is not None
    assert practice.invoiced(office) == {"2026-03-01": ONE}


def test_reactivating_in_the_same_cycle_charges_nothing_more(office: Office) -> None:
    patient = practice.patient(office)
    first = activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    deactivate(patient, at=at("2026-03-03"), now=at("2026-03-03"))
    assert activate(patient, at=at("2026-03-30"), now=at("2026-03-30")) is first
    assert practice.charged(office) == 1


def test_whoever_is_active_at_the_boundary_is_carried_over(office: Office) -> None:
    stays, leaves = practice.patient(office), practice.patient(office)
    for each in (stays, leaves):
        activate(each, at=at("2026-03-02"), now=at("2026-03-02"))
    deactivate(leaves, at=at("2026-03-20"), now=at("2026-03-20"))
    months.up_to_date(office.id, at("2026-04-02"))
    assert practice.invoiced(office) == {"2026-03-01": TWO, "2026-04-01": ONE}


def test_deactivated_at_the_boundary_itself_is_charged_once_more(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    deactivate(patient, at=at("2026-04-01T04:00"), now=at("2026-04-01T04:00"))
    months.up_to_date(office.id, at("2026-05-02"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": ONE, "2026-05-01": []}


def test_activated_at_the_boundary_itself_is_charged_in_the_new_cycle_only(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-04-01T04:00"), now=at("2026-04-01T04:00"))
    assert practice.invoiced(office) == {"2026-03-01": [], "2026-04-01": ONE}


def test_what_was_active_before_the_anchor_counts_at_it(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-01-05"), now=at("2026-01-05"))
    months.up_to_date(office.id, at("2026-03-02"))
    assert practice.invoiced(office) == {"2026-03-01": ONE}


def test_a_charge_told_late_is_an_adjustment_in_the_open_draft(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-10"), now=at("2026-05-05"))
    assert practice.invoiced(office) == {
        "2026-03-01": [],
        "2026-04-01": [],
        "2026-05-01": [("patient_activation", 1, 200), ("adjustment", 1, 200), ("adjustment", 1, 200)],
    }


def test_a_charge_that_was_not_owed_is_credited_in_the_open_draft(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    deactivate(patient, at=at("2026-03-20"), now=at("2026-05-05"))
    assert practice.invoiced(office) == {
        "2026-03-01": ONE,
        "2026-04-01": ONE,
        "2026-05-01": [("credit", 1, -200)],
    }


def test_what_is_told_before_the_cycle_ends_changes_its_own_invoice(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    months.up_to_date(office.id, at("2026-04-02"))
    deactivate(patient, at=at("2026-03-20"), now=at("2026-04-10"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": []}


def test_the_future_cannot_be_told(office: Office) -> None:
    with pytest.raises(InTheFuture):
        activate(practice.patient(office), at=at("2026-03-03"), now=at("2026-03-02"))


@pytest.mark.parametrize("status", [OfficeStatus.INACTIVE, OfficeStatus.CANCELED])
def test_an_office_without_a_running_subscription_is_charged_nothing(
    app: Flask, status: OfficeStatus
) -> None:
    with writing():
        office = practice.office(MARCH, status=status)
        assert activate(practice.patient(office), at=at("2026-03-02"), now=at("2026-03-02")) is None
        assert practice.charged(office) == 0


def test_a_trial_charges_nothing_and_shows_it(app: Flask) -> None:
    with writing():
        office = practice.office(MARCH, status=OfficeStatus.TRIALING)
        office.trial_ends_on = date(2026, 4, 15)
        charge = activate(practice.patient(office), at=at("2026-03-02"), now=at("2026-03-02"))
        assert charge is not None
        assert charge.cents == 0
        months.up_to_date(office.id, at("2026-05-02"))
        assert practice.invoiced(office) == {"2026-03-01": [], "2026-04-01": [], "2026-05-01": ONE}
