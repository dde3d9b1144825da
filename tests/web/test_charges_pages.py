"""The ledger: anonymous references; whom they are for takes a right and leaves a trace (PHI-03)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import activations
from dashboard.models import AuditEvent, Charge, Office, Patient
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser


@pytest.fixture
def office(app: Flask) -> Office:
    """An office with one charged patient."""
    with writing():
        made = practice.office(date(2026, 1, 15))
        begins = made.created_at
        activations.activate(practice.patient(made), at=begins, now=begins)
        return made


def browser(app: Flask, role: Role) -> Browser:
    return Browser(signed_in(app, role)[0])


def the_charge() -> Charge:
    with reading() as session:
        return session.scalars(select(Charge)).one()


def test_a_charge_stands_under_its_anonymous_reference_alone(app: Flask, office: Office) -> None:
    shown = browser(app, Role.BILLING).get("/staff/charges")
    assert the_charge().anonymous_patient_ref in shown
    with reading() as session:
        patient = session.scalars(select(Patient)).one()
    assert "Sample Patient" not in shown
    assert patient.ref not in shown
    assert f"/staff/patients/{patient.id}" not in shown


def test_the_ledger_is_filtered_by_office_and_month(app: Flask, office: Office) -> None:
    one = browser(app, Role.BILLING)
    charge = the_charge()
    assert charge.anonymous_patient_ref in one.get(
        f"/staff/charges?office={office.code}&cycle={charge.cycle_id}"
    )
    assert "No charge matches" in one.get("/staff/charges?office=NONE")
    assert "Every month" in one.get(f"/staff/charges?office={office.code}")


def test_compliance_looks_up_whom_a_charge_is_for_and_that_is_written_down(
    app: Flask, office: Office
) -> None:
    answer = browser(app, Role.COMPLIANCE).post("/staff/charges/disclosure", office=office.code)
    assert answer.status_code == 200
    assert "Sample Patient" in answer.text
    with reading() as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "charge map viewed")).all()
    assert len(looks) == 1


def test_billing_may_not_look_up_whom_a_charge_is_for(app: Flask, office: Office) -> None:
    one = browser(app, Role.BILLING)
    assert "Show whom" not in one.get("/staff/charges")
    assert one.post("/staff/charges/disclosure").status_code == 403
