"""Void, reissue, credit notes, and activations given back (INV-05)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import (
    credits,
    drafts,
    given_back,
    invoices,
    lines,
    months,
    payments,
    refunds,
    review,
    states,
)
from dashboard.billing.activations import activate, deactivate
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    DocumentState,
    Invoice,
    InvoiceStatus,
    MoneySource,
    Office,
    RefundReason,
    VoidReason,
)
from dashboard.unit import writing
from tests.support import invoicing, practice
from tests.support.invoicing import APRIL_3, at

pytestmark = pytest.mark.both
WRONG = VoidReason.WRONG_AMOUNT
ASKED = RefundReason.REQUESTED


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield invoicing.office()


def paid(office: Office, source: MoneySource = MoneySource.BY_HAND) -> Invoice:
    invoice = invoicing.issued(office)
    payments.receive(invoice, 6_00, "check", source=source, key=f"paid {invoice.ref}", now=APRIL_3)
    return invoice


def test_a_void_invoice_keeps_its_number_and_shows_as_canceled(office: Office) -> None:
    invoice = invoicing.issued(office)
    assert credits.void(invoice, reason=WRONG, reissue=False, now=APRIL_3) is None
    assert (invoice.number, invoice.status) == (f"{office.code}-0001", InvoiceStatus.CANCELED)


def test_void_is_final(office: Office) -> None:
    invoice = invoicing.issued(office)
    credits.void(invoice, reason=WRONG, reissue=False, now=APRIL_3)
    with pytest.raises(states.NoSuchMove):
        credits.void(invoice, reason=WRONG, reissue=True, now=APRIL_3)


def test_a_reissued_invoice_has_the_same_lines_and_charges_nobody_again(office: Office) -> None:
    old = invoicing.issued(office)
    before = practice.charged(office)
    new = credits.void(old, reason=WRONG, reissue=True, now=APRIL_3)
    assert new is not None
    assert (new.total_cents, new.document_state, new.replaces_id) == (6_00, DocumentState.CLOSED, old.id)
    told = [(line.wording, line.quantity, line.unit_cents) for line in invoices.lines_of(new)]
    assert told == [("Patient Activations", 3, 200)]
    assert practice.charged(office) == before
    review.approve(new, APRIL_3)
    assert (new.number, new.snapshot["replaces"]) == (f"{office.code}-0002", old.number)


def test_a_reissued_invoice_keeps_what_was_credited(office: Office) -> None:
    old = invoicing.issued(office)
    credits.credit(old, 1_50, ASKED, "c", APRIL_3)
    new = credits.void(old, reason=WRONG, reissue=True, now=APRIL_3)
    assert new is not None
    assert new.total_cents == 4_50
    assert [line.total_cents for line in invoices.lines_of(new)] == [6_00, -1_50]
    review.approve(new, APRIL_3)
    assert (new.rest_cents, new.amount_credited_cents) == (4_50, 0)


@pytest.mark.parametrize(("credited", "expected"), [(0, [6_00, 2_00]), (7_00, [6_00, -7_00, 2_00])])
def test_a_reissued_invoice_keeps_what_was_owed_on_top(
    office: Office, credited: int, expected: list[int]
) -> None:
    old = invoicing.issued(office)
    check = payments.record(old, 6_00, "check", APRIL_3.date(), "1001", "paid", APRIL_3)
    refunds.refund(old, 2_00, ASKED, "r", APRIL_3)
    payments.returned(old, check, APRIL_3)
    if credited:
        credits.credit(old, credited, ASKED, "c", APRIL_3)
    rest = old.rest_cents
    new = credits.void(old, reason=WRONG, reissue=True, now=APRIL_3)
    assert new is not None
    assert [line.total_cents for line in invoices.lines_of(new)] == expected
    assert new.total_cents == sum(expected) == rest


def test_the_clock_does_not_approve_what_was_reissued(office: Office) -> None:
    credits.void(invoicing.issued(office), reason=WRONG, reissue=True, now=APRIL_3)
    assert not review.set_clock()


def test_the_draft_of_a_running_month_cannot_be_voided(office: Office) -> None:
    invoicing.closed(office)
    with pytest.raises(credits.StillGrowing):
        credits.void(invoicing.newest(office), reason=WRONG, reissue=False, now=APRIL_3)


def test_what_money_came_in_for_cannot_be_voided(office: Office) -> None:
    invoice = invoicing.issued(office)
    payments.receive(invoice, 1_00, "check", source=MoneySource.BY_HAND, key="k", now=APRIL_3)
    with pytest.raises(credits.PaidAlready):
        credits.void(invoice, reason=WRONG, reissue=True, now=APRIL_3)


def test_a_credit_note_never_exceeds_the_rest(office: Office) -> None:
    invoice = invoicing.issued(office)
    payments.receive(invoice, 2_00, "check", source=MoneySource.BY_HAND, key="k", now=APRIL_3)
    with pytest.raises(lines.CreditsTooMuch):
        credits.credit(invoice, 4_01, ASKED, "c", APRIL_3)
    note = credits.credit(invoice, 4_00, ASKED, "c", APRIL_3)
    assert note.number == f"{invoice.number}-C1"
    assert (invoice.rest_cents, invoice.status) == (0, InvoiceStatus.PAID)
    assert invoice.total_cents == 6_00


def test_a_credit_note_told_again_is_the_same_and_with_another_amount_refused(office: Office) -> None:
    invoice = invoicing.issued(office)
    note = credits.credit(invoice, 1_00, ASKED, "c", APRIL_3)
    assert credits.credit(invoice, 1_00, ASKED, "c", APRIL_3) is note
    assert invoice.amount_credited_cents == 1_00
    with pytest.raises(lines.KeyReused):
        credits.credit(invoice, 2_00, ASKED, "c", APRIL_3)


def test_notes_of_one_invoice_are_numbered_in_turn(office: Office) -> None:
    invoice = invoicing.issued(office)
    numbers = [credits.credit(invoice, 1_00, ASKED, key, APRIL_3).number for key in "ab"]
    assert numbers == [f"{invoice.number}-C1", f"{invoice.number}-C2"]


def test_a_draft_takes_no_credit_note(office: Office) -> None:
    with pytest.raises(lines.CreditsTooMuch):
        credits.credit(invoicing.closed(office), 1_00, ASKED, "c", APRIL_3)


@pytest.mark.parametrize("cents", [0, -1])
def test_a_credit_not_above_zero_is_refused(office: Office, cents: int) -> None:
    with pytest.raises(lines.Invalid):
        credits.credit(invoicing.issued(office), cents, ASKED, "c", APRIL_3)


def march(office: Office) -> BillingCycle:
    ours = select(BillingCycle).where(BillingCycle.office_id == office.id, BillingCycle.number == 0)
    return db.session.scalars(ours).one()


def test_activations_given_back_are_a_line_of_the_next_draft(office: Office) -> None:
    invoicing.issued(office)
    line = given_back.credit_activations(march(office), 2, key="k", now=APRIL_3)
    assert (line.wording, line.total_cents, line.service_month) == ("Credit", -4_00, march(office).start)
    assert line.invoice_id == invoicing.newest(office).id
    assert practice.charged(office) == 6


def test_no_more_activations_are_given_back_than_stand(office: Office) -> None:
    invoicing.issued(office)
    first = given_back.credit_activations(march(office), 2, key="k", now=APRIL_3)
    assert given_back.credit_activations(march(office), 2, key="k", now=APRIL_3) is first
    with pytest.raises(given_back.NotCharged):
        given_back.credit_activations(march(office), 2, key="l", now=APRIL_3)
    assert given_back.creditable(march(office)) == 1


@pytest.mark.parametrize(("noted", "left"), [(1_00, 2), (2_00, 2), (2_01, 1), (6_00, 0)])
def test_what_credit_notes_took_off_is_not_given_back_again(office: Office, noted: int, left: int) -> None:
    credits.credit(invoicing.issued(office), noted, ASKED, "c", APRIL_3)
    assert given_back.creditable(march(office)) == left
    with pytest.raises(given_back.NotCharged):
        given_back.credit_activations(march(office), left + 1, key="k", now=APRIL_3)


def test_activations_of_a_voided_month_are_given_back_only_where_it_was_reissued(office: Office) -> None:
    again = credits.void(invoicing.issued(office), reason=WRONG, reissue=True, now=APRIL_3)
    assert again is not None
    assert given_back.creditable(march(office)) == 3
    credits.void(again, reason=VoidReason.WRITTEN_OFF, reissue=False, now=APRIL_3)
    assert given_back.creditable(march(office)) == 0
    with pytest.raises(given_back.NotCharged):
        given_back.credit_activations(march(office), 1, key="k", now=APRIL_3)


@pytest.mark.parametrize(("reissue", "expected"), [(True, [-2_00]), (False, [])])
def test_news_of_a_month_that_was_written_off_gives_nothing_back(
    office: Office, reissue: bool, expected: list[int]
) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-02-02"), now=at("2026-03-02"))
    credits.void(invoicing.closed(office), reason=VoidReason.WRITTEN_OFF, reissue=reissue, now=APRIL_3)
    deactivate(patient, at=at("2026-02-05"), now=APRIL_3)
    april = months.open_cycles([office])[office.id]
    assert [line.total_cents for line in drafts.lines(april) if line.total_cents < 0] == expected


def test_what_news_took_back_is_not_given_back_again(office: Office) -> None:
    patient = practice.patient(office)
    activate(patient, at=at("2026-02-02"), now=at("2026-03-02"))
    invoicing.closed(office, patients=0)
    given_back.credit_activations(march(office), 1, key="k", now=APRIL_3)
    deactivate(patient, at=at("2026-02-05"), now=APRIL_3)
    assert given_back.creditable(march(office)) == 0
