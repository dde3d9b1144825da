"""What may leave of an office: entered by one person, verified by another (OFF-03)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.actor import Actor, acting
from dashboard.billing import offices, verification
from dashboard.billing.verification import Finding, NeedsCompliance, SelfVerification
from dashboard.errors import AccessDenied, DomainError, Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import Job, Office
from dashboard.rights import Role
from dashboard.rows import found
from dashboard.unit import reading, writing
from tests.conftest import NOW

ENTERED, OTHER, THIRD = 1, 2, 3


@contextmanager
def somebody(user_id: int | None, role: Role | None = Role.BILLING) -> Iterator[None]:
    with acting(Actor("somebody", role, user_id)):
        yield


@pytest.fixture
def office(app: Flask) -> int:
    with somebody(ENTERED), writing():
        return entered().id


def entered(email: str | None = "bills@example.test") -> Office:
    return offices.create(
        name="Demo Family Practice", billing_email=email, time_zone="America/New_York", now=NOW
    )


def verify(office_id: int, *findings: Finding) -> Office:
    with writing():
        row = found(Office, office_id)
        verification.verify(row, version=row.version, now=NOW, findings=findings)
    return row


def test_another_person_verifies_the_strings_and_the_customer_is_asked_for(office: int) -> None:
    with somebody(OTHER):
        row = verify(office)
    assert row.is_verified
    assert (row.verified_name, row.verified_by) == ("Demo Family Practice", OTHER)
    with reading() as session:
        assert session.scalars(select(Job.kind)).all() == ["billing.send_customer"]


def test_nobody_verifies_what_they_entered(office: int) -> None:
    with somebody(ENTERED), pytest.raises(SelfVerification):
        verify(office)


def renamed(office: int) -> Office:
    """The office under another name, entered by whoever acts. Needs an open unit."""
    row = found(Office, office)
    told = {"billing_email": row.billing_email, "billing_address": None}
    offices.change(row, version=row.version, name="Sample Clinic", **told)
    return row


def test_whoever_changes_a_string_cannot_verify_it_and_it_is_unverified(office: int) -> None:
    with somebody(OTHER):
        verify(office)
        with writing():
            row = renamed(office)
        assert not row.is_verified
        with pytest.raises(SelfVerification):
            verify(office)
    with somebody(ENTERED):
        assert verify(office).is_verified


def test_nobody_verifies_their_own_email_because_a_colleague_changed_the_name(office: int) -> None:
    with somebody(OTHER), writing():
        renamed(office)
    for user_id in (ENTERED, OTHER):
        with somebody(user_id), pytest.raises(SelfVerification):
            verify(office)
    with somebody(THIRD):
        assert verify(office).is_verified


def test_a_string_changed_back_is_not_verified_by_that(office: int) -> None:
    with somebody(OTHER):
        verify(office)
    with somebody(ENTERED):
        for name in ("Sample Clinic", "Demo Family Practice"):
            with writing():
                row = found(Office, office)
                offices.change(
                    row, version=row.version, name=name, billing_email=row.billing_email, billing_address=None
                )
    assert not row.is_verified


def test_a_new_address_leaves_the_strings_verified(office: int) -> None:
    with somebody(OTHER):
        verify(office)
        with writing():
            row = found(Office, office)
            offices.change(
                row,
                version=row.version,
                name=row.name,
                billing_email=row.billing_email,
                billing_address="2 Sample Street",
            )
    assert row.is_verified


@pytest.mark.parametrize(
    ("user_id", "role", "error"),
    [
        (OTHER, Role.READ_ONLY, AccessDenied),
        (OTHER, Role.FULFILLMENT, AccessDenied),
        (None, Role.BILLING, AccessDenied),
        (OTHER, None, AccessDenied),
    ],
)
def test_it_takes_a_person_with_the_permission(
    office: int, user_id: int | None, role: Role | None, error: type[DomainError]
) -> None:
    with somebody(user_id, role), pytest.raises(error):
        verify(office)


@pytest.mark.parametrize("finding", [Finding.PATIENT_NAME, Finding.PATIENT_EMAIL])
def test_a_patients_name_or_email_needs_compliance(office: int, finding: Finding) -> None:
    with somebody(OTHER), pytest.raises(NeedsCompliance):
        verify(office, finding)
    with somebody(OTHER, Role.COMPLIANCE):
        assert verify(office, finding).is_verified


def test_an_odd_text_alone_is_shown_and_does_not_stop_billing(office: int) -> None:
    with somebody(OTHER):
        assert verify(office, Finding.ODD_TEXT).is_verified


def test_without_a_billing_email_there_is_nothing_to_verify(app: Flask) -> None:
    with somebody(ENTERED), writing():
        office_id = entered(email=None).id
    with somebody(OTHER), pytest.raises(Invalid):
        verify(office_id)


def test_what_changed_meanwhile_is_not_verified_unseen(office: int) -> None:
    with somebody(OTHER), pytest.raises(StaleVersion), writing():
        row = found(Office, office)
        verification.verify(row, version=row.version - 1, now=NOW)
    with writing():
        assert not db.session.get_one(Office, office).is_verified
