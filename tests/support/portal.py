"""An office with people, months and invoices, for tests of the portal. Each opens a unit of its own."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import activations, invoices, months
from dashboard.cycles import boundary
from dashboard.models import DocumentState, Invoice, Office, User
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast, practice
from tests.support.signed_in import client_of


def an_office(patients: int = 3, months_back: int = 2) -> Office:
    """An office whose patients were activated on its first day; ended months are closed, none is issued."""
    now = clock.now()
    anchor = boundary(date(now.year, now.month, 1), -months_back)
    with writing() as session:
        office = practice.office(anchor)
        office.billing_email = "billing@example.test"
        begins = office.next_boundary
        assert begins is not None
        noon = begins + timedelta(hours=12)
        for _ in range(patients):
            activations.activate(practice.patient(office), at=noon, now=noon)
        months.up_to_date(office.id, now)
        return session.get_one(Office, office.id)


def issued(office: Office) -> list[Invoice]:
    """Issue everything that is closed; gives it, the oldest first."""
    now = clock.now()
    with writing() as session:
        mine = (Invoice.office_id == office.id, Invoice.document_state == DocumentState.CLOSED)
        closed = session.scalars(select(Invoice).where(*mine).order_by(Invoice.id)).all()
        for invoice in closed:
            invoices.issue(invoice, on=now.date(), now=now)
    return list(closed)


def draft_of(office: Office) -> Invoice:
    with reading() as session:
        mine = (Invoice.office_id == office.id, Invoice.document_state == DocumentState.DRAFT)
        return session.scalars(select(Invoice).where(*mine)).one()


def colleague(office: Office, role: Role = Role.OFFICE_ADMIN, name: str = "Demo Manager") -> User:
    with writing():
        user = cast.person(name, role)
        user.office_id = office.id
        return user


def at_the_portal(app: Flask, office: Office, role: Role = Role.OFFICE_ADMIN) -> FlaskClient:
    """A browser in which somebody of this office is signed in."""
    return client_of(app, colleague(office, role))
