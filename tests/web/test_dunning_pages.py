"""The page of reminders: who is reminded, pausing, going on, a promise (DUN-01)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import dunning
from dashboard.models import Dunning, DunningState, Invoice
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support.signed_in import signed_in
from tests.support.staff import Browser
from tests.web.test_invoices_pages import issued

DUNNING = "/staff/dunning"


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


@pytest.fixture
def late(app: Flask) -> Invoice:
    """An issued invoice that is being reminded of."""
    one = issued()
    with writing() as session:
        dunning.begin(session.get_one(Invoice, one.id), clock.now())
    return one


def state() -> Dunning:
    with reading() as session:
        return session.scalars(select(Dunning)).one()


def test_a_late_invoice_is_listed_with_its_next_reminder(billing: Browser, late: Invoice) -> None:
    shown = billing.get(DUNNING)
    assert f"/staff/invoices/{late.id}" in shown
    assert "Reminding" in shown
    assert "nudge" in shown


def test_reminders_are_paused_and_go_on(billing: Browser, late: Invoice) -> None:
    billing.post(f"{DUNNING}/{late.id}/pause")
    assert state().state is DunningState.PAUSED
    assert "Resume" in billing.get(DUNNING)
    billing.post(f"{DUNNING}/{late.id}/release")
    assert state().state is DunningState.RUNNING


def test_a_promise_is_kept_with_its_day(billing: Browser, late: Invoice) -> None:
    day = (clock.now() + timedelta(days=5)).date()
    billing.post(f"{DUNNING}/{late.id}/promise", promised_on=day.isoformat())
    assert (state().state, state().promised_on) == (DunningState.PROMISED, day)


def test_a_promise_in_the_past_is_refused_beside_its_row(billing: Browser, late: Invoice) -> None:
    answer = billing.post(f"{DUNNING}/{late.id}/promise", promised_on="2020-01-01")
    assert answer.status_code == 422
    assert "at most 90 days ahead" in answer.text
    assert 'value="2020-01-01"' in answer.text


def test_nobody_late_says_so(billing: Browser) -> None:
    assert "Nobody is being reminded" in billing.get(DUNNING)
