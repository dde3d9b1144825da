"""The books' page: a month's figures, its picture and journal, closing it for good (REV-01)."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import activations, firm, months, review
from dashboard.cycles import boundary
from dashboard.models import AuditEvent, ClosedMonth, DocumentState, Invoice, Office
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


def month(back: int) -> date:
    """The first day of the firm's month so many months ago."""
    return boundary(firm.ours().day(clock.now()).replace(day=1), -back)


@pytest.fixture
def earned(app: Flask) -> Office:
    """An office that owes $4.00 for the month before the last, issued."""
    with writing() as session:
        office = practice.office(month(2), zone=str(firm.ours().zone))
        begins: datetime = office.created_at
        for patient in [practice.patient(office), practice.patient(office)]:
            activations.activate(patient, at=begins, now=begins)
        months.up_to_date(office.id, begins + timedelta(days=33))
        closed = select(Invoice).where(Invoice.document_state == DocumentState.CLOSED)
        review.approve(session.scalars(closed).one(), clock.now())
        return office


def at(back: int) -> str:
    return f"/staff/revenue?month={month(back):%Y-%m}"


def test_a_month_shows_what_was_recognized_and_what_earned_it(billing: Browser, earned: Office) -> None:
    shown = billing.get(at(2))
    assert "$4.00" in shown
    assert earned.code in shown


def test_the_picture_and_its_table_say_the_same(billing: Browser, earned: Office) -> None:
    shown = billing.get(at(2))
    assert f"<title>{month(2):%B %Y}: $4.00</title>" in shown
    assert f"{month(2):%B %Y}</a>" in shown


def test_no_month_is_left_out_between_the_closed_and_the_present_one(
    billing: Browser, earned: Office
) -> None:
    billing.post("/staff/revenue/closure", month=f"{month(2):%Y-%m}", sure="y")
    shown = billing.get("/staff/revenue")
    assert [f"{month(back):%B %Y}</a>" in shown for back in (0, 1, 2)] == [True] * 3


def test_a_month_is_closed_for_good(billing: Browser, earned: Office) -> None:
    answer = billing.post("/staff/revenue/closure", month=f"{month(2):%Y-%m}", sure="y")
    assert answer.status_code == 303
    with reading() as session:
        assert session.get_one(ClosedMonth, month(2)).recognized_cents == 4_00
    shown = billing.get(at(2))
    assert "never change any more" in shown
    assert "Close the month" not in shown


def test_the_present_month_cannot_be_closed(billing: Browser) -> None:
    assert "Close the month" not in billing.get("/staff/revenue")
    billing.post("/staff/revenue/closure", month=f"{month(0):%Y-%m}", sure="y")
    with reading() as session:
        assert session.scalars(select(ClosedMonth)).all() == []


def test_the_journal_balances_and_its_export_is_written_down(billing: Browser, earned: Office) -> None:
    answer = billing.client.get(at(2).replace("?", "/journal.csv?"))
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert (
        sum(float(row["debit"] or 0) for row in rows) == sum(float(row["credit"] or 0) for row in rows) == 4
    )
    with reading() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.action == "export")).one()
    assert "revenue journal" in (told.changes or "")


@pytest.mark.parametrize("text", ["2026", "2026-13", "9999-01", "x"])
def test_what_is_no_month_is_refused(billing: Browser, text: str) -> None:
    assert billing.client.get(f"/staff/revenue?month={text}").status_code == 422


def test_who_only_looks_sees_no_books(app: Flask) -> None:
    assert signed_in(app, Role.READ_ONLY)[0].get("/staff/revenue").status_code == 403
