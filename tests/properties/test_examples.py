"""What the random histories found, each as a short story of its own (spec BIL-02, BIL-03, BIL-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from dashboard.billing import months, patients, subscriptions
from dashboard.billing.activations import activate, deactivate
from dashboard.billing.statuses import change
from dashboard.models import Office, OfficeStatus
from dashboard.unit import writing
from tests.support import practice

pytestmark = pytest.mark.both
MARCH = date(2026, 3, 1)
ONE, TWO = [("patient_activation", 1, 200)], [("patient_activation", 2, 200)]
CREDIT = ("credit", 1, -200)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield practice.office(MARCH)


def test_in_a_short_cycle_a_carried_patient_is_not_charged_though_told_active_again(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    subscriptions.change_anchor(office, date(2026, 4, 15), at("2026-03-10"))
    assert activate(patient, at=at("2026-04-05"), now=at("2026-04-05")) is None
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": []}


def test_in_a_short_cycle_a_carried_patient_who_comes_back_is_not_charged_again(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    subscriptions.change_anchor(office, date(2026, 4, 15), at("2026-03-10"))
    deactivate(patient, at=at("2026-04-05"), now=at("2026-04-05"))
    activate(patient, at=at("2026-04-06"), now=at("2026-04-06"))
    months.up_to_date(office.id, at("2026-04-16"))
    assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": [], "2026-04-15": ONE}


def test_in_a_short_cycle_a_new_patient_is_charged(office: Office) -> None:
    subscriptions.change_anchor(office, date(2026, 4, 15), at("2026-03-10"))
    assert activate(practice.patient(office), at=at("2026-04-05"), now=at("2026-04-05")) is not None


def test_a_charge_that_moves_out_of_the_trial_is_charged_anew(app: Flask) -> None:
    with writing():
        office = practice.office(MARCH, status=OfficeStatus.TRIALING)
        patient = practice.patient(office)
        activate(patient, at=at("2026-02-10"), now=at("2026-02-10"))
        months.up_to_date(office.id, at("2026-03-05"))
        change(office, OfficeStatus.ACTIVE, at=at("2026-03-10"), cause="test")
        activate(patient, at=at("2026-03-12"), now=at("2026-03-12"))
        assert practice.invoiced(office) == {"2026-03-01": []}
        deactivate(patient, at=at("2026-02-20"), now=at("2026-03-13"))
        assert practice.invoiced(office) == {"2026-03-01": ONE}
        assert practice.charged(office) == 1


def test_a_short_cycle_of_one_day_never_ends_before_it_begins(app: Flask) -> None:
    """From the zone in which a day comes last to one in which it came a day before."""
    with writing():
        office = practice.office(MARCH, zone="Pacific/Pago_Pago")
        months.up_to_date(office.id, at("2026-03-10"))
        subscriptions.change_anchor(office, date(2026, 4, 2), at("2026-03-10"))
        subscriptions.change_zone(office, "Pacific/Kiritimati", at("2026-04-01T10:30"))
        months.up_to_date(office.id, at("2026-04-03"))
        cycles = practice.cycles(office)
        assert all(each.start_utc <= each.end_utc for each in cycles)
        assert [each.end_utc for each in cycles[:-1]] == [each.start_utc for each in cycles[1:]]


def test_what_is_told_late_of_somebody_who_moved_is_settled_with_the_former_office(office: Office) -> None:
    patient, other = practice.patient(office), practice.office(MARCH)
    activate(patient, at=at("2026-03-02"), now=at("2026-03-02"))
    months.up_to_date(office.id, at("2026-04-02"))
    patients.move(patient, other, at("2026-04-10"))
    deactivate(patient, at=at("2026-03-20"), now=at("2026-05-05"))
    assert practice.invoiced(office)["2026-05-01"] == [("credit", 1, -200)]
    assert (practice.charged(office), practice.charged(other)) == (1, 2)


def test_the_example_of_the_plan(office: Office) -> None:
    a, b = practice.patient(office), practice.patient(office)
    activate(a, at=at("2026-03-02T15:00"), now=at("2026-03-02T15:00"))
    assert practice.invoiced(office) == {"2026-03-01": ONE}
    activate(a, at=at("2026-03-09"), now=at("2026-03-09"))
    assert practice.invoiced(office) == {"2026-03-01": ONE}
    activate(b, at=at("2026-03-20"), now=at("2026-03-20"))
    deactivate(b, at=at("2026-03-25"), now=at("2026-03-25"))
    months.up_to_date(office.id, at("2026-04-02"))
    assert practice.invoiced(office) == {"2026-03-01": TWO, "2026-04-01": ONE}
    deactivate(a, at=at("2026-03-30"), now=at("2026-05-05"))
    assert practice.invoiced(office) == {"2026-03-01": TWO, "2026-04-01": ONE, "2026-05-01": [CREDIT]}
