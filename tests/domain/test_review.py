"""Review of closed drafts: by a person, by the clock, or sent back (BIL-04)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from flask import Flask

from dashboard.billing import firm, lines, months, review
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, Office
from dashboard.outbound import Wording
from dashboard.unit import writing
from tests.support import invoicing, practice
from tests.support.invoicing import APRIL_3, at

pytestmark = pytest.mark.both
CLOSED_AT = at("2026-04-01T05:00")


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield invoicing.office()


def by_clock(now: datetime) -> int:
    """What the hourly job does."""
    while review.set_clock():
        pass
    db.session.expire_all()
    return review.approve_by_clock(review.due(now, 0, 100), now)


def test_a_person_approves_and_it_is_issued_in_one_step(office: Office) -> None:
    invoice = invoicing.closed(office)
    review.approve(invoice, APRIL_3)
    assert invoice.document_state is DocumentState.ISSUED


def test_a_growing_draft_cannot_be_approved(office: Office) -> None:
    invoicing.closed(office)
    with pytest.raises(review.NotClosed):
        review.approve(invoicing.newest(office), APRIL_3)


def test_what_leaves_nothing_to_pay_is_not_issued(office: Office) -> None:
    invoice = invoicing.closed(office)
    lines.add(invoice, Wording.CREDIT, -6_00, month=None, key="k", now=APRIL_3)
    with pytest.raises(review.NotApprovable, match="there is nothing to pay"):
        review.approve(invoice, APRIL_3)


def test_lines_that_do_not_add_up_are_not_issued(office: Office) -> None:
    invoice = invoicing.closed(office)
    invoice.total_cents += 1
    with pytest.raises(review.NotApprovable, match="do not add up"):
        review.approve(invoice, APRIL_3)


def test_the_clock_approves_two_days_after_the_month_was_closed(office: Office) -> None:
    invoice = invoicing.closed(office)
    assert by_clock(CLOSED_AT + timedelta(days=2) - timedelta(seconds=1)) == 0
    assert by_clock(CLOSED_AT + timedelta(days=2)) == 1
    assert invoice.document_state is DocumentState.ISSUED
    assert by_clock(CLOSED_AT + timedelta(days=3)) == 0


def test_the_clock_leaves_an_office_that_is_not_verified_to_a_person(app: Flask) -> None:
    with writing():
        invoice = invoicing.closed(invoicing.office(verified=False))
        assert by_clock(APRIL_3 + timedelta(days=9)) == 0
        review.approve(invoice, APRIL_3)
        assert invoice.waits_to_be_sent


def test_the_clock_leaves_a_parked_office_to_a_person(office: Office) -> None:
    invoicing.closed(office)
    office.parked_at = APRIL_3
    assert by_clock(APRIL_3 + timedelta(days=9)) == 0


def test_an_invoice_far_above_the_last_one_asks_a_person(office: Office) -> None:
    review.approve(invoicing.closed(office, patients=1), APRIL_3)
    for _ in range(3):
        invoicing.activate(practice.patient(office), at=at("2026-04-05"), now=at("2026-04-05"))
    months.up_to_date(office.id, at("2026-05-01T05:00"))
    may = at("2026-05-09")
    april = invoicing.newest(office, before=may.date().replace(day=1))
    assert [check.name for check in review.failed(april)] == ["it is more than 3 times the last invoice"]
    assert by_clock(may) == 0


def test_what_is_sent_back_waits_for_a_person_and_keeps_the_reason(office: Office) -> None:
    invoice = invoicing.closed(office)
    review.set_clock()
    db.session.refresh(invoice)
    review.send_back(invoice, " one patient is missing ", APRIL_3)
    assert by_clock(APRIL_3 + timedelta(days=9)) == 0
    assert invoice.note == "one patient is missing"
    review.approve(invoice, APRIL_3)
    assert invoice.document_state is DocumentState.ISSUED


def test_sending_back_needs_a_reason(office: Office) -> None:
    with pytest.raises(lines.Invalid):
        review.send_back(invoicing.closed(office), "  ", APRIL_3)


def test_of_several_approved_at_once_a_no_stops_only_its_own(office: Office) -> None:
    good, bad = invoicing.closed(office), invoicing.closed(invoicing.office())
    bad.total_cents += 1
    results = review.approve_all([good, bad], APRIL_3)
    assert results[good.id] is None
    assert isinstance(results[bad.id], review.NotApprovable)
    assert (good.number is None, bad.number) == (False, None)


def test_no_invoice_is_due_before_its_month_is_closed(office: Office) -> None:
    invoicing.closed(office)
    growing = invoicing.newest(office)
    by_clock(APRIL_3 + timedelta(days=9))
    assert isinstance(growing, Invoice)
    assert growing.document_state is DocumentState.DRAFT


@pytest.fixture
def settings(app: Flask) -> Iterator[Settings]:
    """The installation's settings, which the firm follows again afterwards."""
    found: Settings = app.extensions["settings"]
    yield found
    firm.follow(found)


def test_never_leaves_everything_to_people(office: Office, settings: Settings) -> None:
    firm.follow(replace(settings, invoice_approval_days=None))
    invoicing.closed(office)
    assert by_clock(APRIL_3 + timedelta(days=900)) == 0


def test_an_invoice_says_of_the_firm_what_the_settings_say(office: Office, settings: Settings) -> None:
    firm.follow(replace(settings, firm_name="Demo Firm", firm_address="1 Sample Street | Demoville"))
    said = invoicing.issued(office).snapshot["firm"]
    assert (said["name"], said["address"]) == ("Demo Firm", ["1 Sample Street", "Demoville"])
