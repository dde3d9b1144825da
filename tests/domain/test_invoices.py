"""Issuing and sending: a number, a snapshot, a due date; then nothing changes (INV-01, INV-03, PHI-01)."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from dashboard.background import ASKED
from dashboard.billing import credits, invoices, lines, one_offs, states
from dashboard.extensions import db
from dashboard.gateways import SentInvoice
from dashboard.models import (
    DocumentState,
    Invoice,
    InvoiceStatus,
    InvoiceType,
    Office,
    PaymentState,
    VoidReason,
)
from dashboard.outbound import Wording
from dashboard.unit import writing
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
SENT = SentInvoice("in_sample", None)


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield invoicing.office()


def asked() -> set[str]:
    """The kinds of jobs that the open unit has asked for."""
    return {job["kind"] for job in db.session().info.get(ASKED, [])}


def test_a_closed_draft_has_no_number_and_shows_as_draft(office: Office) -> None:
    invoice = invoicing.closed(office)
    assert (invoice.number, invoice.status, invoice.total_cents) == (None, InvoiceStatus.DRAFT, 6_00)


def test_issuing_gives_number_due_date_and_snapshot_and_has_it_sent(office: Office) -> None:
    invoice = invoicing.issued(office)
    assert (invoice.number, invoice.due_date) == (f"{office.code}-0001", date(2026, 5, 3))
    assert invoice.status is InvoiceStatus.SENT
    assert {"billing.send_invoice", "billing.draw_invoice"} <= asked()


def test_the_snapshot_holds_what_was_said_whatever_the_office_is_called_later(office: Office) -> None:
    invoice = invoicing.issued(office)
    office.name = "Another Demo Practice"
    assert invoice.snapshot["office"] == {
        "name": "Demo Family Practice",
        "address": ["12 Sample Road", "Demoville, NY 10001"],
        "email": "front.desk@practice.example.test",
        "phone": None,
    }
    assert invoice.snapshot["lines"] == [
        {
            "wording": "Patient Activations",
            "month": "2026-03-01",
            "quantity": 3,
            "unit_cents": 200,
            "total_cents": 600,
        }
    ]


def test_the_letter_holds_closed_words_numbers_a_month_and_random_references(office: Office) -> None:
    invoice = invoicing.issued(office)
    letter = invoices.to_send(invoice, on=date(2026, 4, 3))
    assert letter is not None
    assert (letter.reference.value, letter.customer.value) == (invoice.ref, office.ref)
    assert (letter.total_cents, letter.month, letter.due_days) == (6_00, date(2026, 3, 1), 30)
    told = [(line.wording, line.quantity, line.unit_cents) for line in letter.lines]
    assert told == [(Wording.PATIENT_ACTIVATIONS, 3, 200)]


def test_an_office_that_is_not_verified_keeps_its_invoice_waiting_visibly(app: Flask) -> None:
    with writing():
        office = invoicing.office(verified=False)
        invoice = invoicing.issued(office)
        assert invoices.to_send(invoice, on=date(2026, 4, 3)) is None
        assert invoice.waits_to_be_sent
        office.verified_name, office.verified_email = office.name, office.billing_email
        assert invoices.to_send(invoice, on=date(2026, 4, 3)) is not None


def test_what_was_sent_is_sent_once(office: Office) -> None:
    invoice = invoicing.issued(office)
    invoices.was_sent(invoice, SENT, APRIL_3)
    assert not invoice.waits_to_be_sent
    assert invoices.to_send(invoice, on=date(2026, 4, 3)) is None
    invoices.was_sent(invoice, SentInvoice("in_other", None), APRIL_3)
    assert invoice.stripe_invoice_id == "in_sample"


def test_what_is_voided_while_it_is_being_sent_is_told_as_void(office: Office) -> None:
    invoice = invoicing.issued(office)
    assert invoices.to_send(invoice, on=date(2026, 4, 3)) is not None
    credits.void(invoice, reason=VoidReason.DUPLICATE, reissue=False, now=APRIL_3)
    assert "billing.void_invoice" not in asked()
    invoices.was_sent(invoice, SENT, APRIL_3)
    assert "billing.void_invoice" in asked()


def test_an_issued_invoice_takes_no_line(office: Office) -> None:
    with pytest.raises(lines.AlreadyIssued):
        adjust(invoicing.issued(office), 5_00)


def test_a_line_added_by_hand_counts_at_once_on_a_closed_draft(office: Office) -> None:
    invoice = invoicing.closed(office)
    first = adjust(invoice, 5_00)
    assert adjust(invoice, 5_00) is first
    assert invoice.total_cents == 11_00
    with pytest.raises(lines.KeyReused):
        adjust(invoice, 6_00)


def test_a_credit_by_hand_leaves_nothing_below_zero(office: Office) -> None:
    invoice = invoicing.closed(office)
    with pytest.raises(lines.CreditsTooMuch):
        lines.add(invoice, Wording.CREDIT, -6_01, month=None, key="k", now=APRIL_3)
    lines.add(invoice, Wording.CREDIT, -6_00, month=None, key="k", now=APRIL_3)
    assert invoice.total_cents == 0


@pytest.mark.parametrize(
    ("wording", "cents"), [(Wording.CREDIT, 1), (Wording.TRAINING, -1), (Wording.PATIENT_ACTIVATIONS, 1)]
)
def test_words_that_do_not_fit_the_sign_are_refused(office: Office, wording: Wording, cents: int) -> None:
    with pytest.raises(lines.Invalid):
        lines.add(invoicing.closed(office), wording, cents, month=None, key="k", now=APRIL_3)


def adjust(invoice: Invoice, cents: int) -> object:
    return lines.add(invoice, Wording.ADJUSTMENT, cents, month=None, key="fact", now=APRIL_3)


ALLOWED_OUTSIDE = {
    (InvoiceStatus.DRAFT, InvoiceStatus.SENT),
    (InvoiceStatus.DRAFT, InvoiceStatus.CANCELED),
    (InvoiceStatus.SENT, InvoiceStatus.PAID),
    (InvoiceStatus.SENT, InvoiceStatus.FAILED),
    (InvoiceStatus.SENT, InvoiceStatus.CANCELED),
    (InvoiceStatus.FAILED, InvoiceStatus.PAID),
    (InvoiceStatus.FAILED, InvoiceStatus.CANCELED),
    (InvoiceStatus.PAID, InvoiceStatus.FAILED),
}


def shown(state: states.State) -> InvoiceStatus:
    return Invoice(document_state=state[0], payment_state=state[1]).status


def test_the_world_sees_exactly_the_moves_of_the_contract(app: Flask) -> None:
    moves = {(shown(before), shown(after)) for before, afters in states.MOVES.items() for after in afters}
    assert {move for move in moves if move[0] is not move[1]} == ALLOWED_OUTSIDE


def test_every_other_move_is_refused_by_name(office: Office) -> None:
    kind = InvoiceType.ONE_OFF
    invoice = one_offs.charge(office, Wording.TRAINING, 5_00, key="k", now=APRIL_3, kind=kind)
    for before, after in itertools.product(itertools.product(DocumentState, PaymentState), repeat=2):
        invoice.document_state, invoice.payment_state = before
        if after not in states.MOVES.get(before, ()):
            with pytest.raises(states.NoSuchMove):
                states.move(invoice, to=after[0], paid=after[1], now=APRIL_3)
    invoice.document_state, invoice.payment_state = DocumentState.CLOSED, PaymentState.UNPAID


def test_a_refusal_says_both_states(office: Office) -> None:
    invoice = invoicing.closed(office)
    with pytest.raises(states.NoSuchMove, match="An invoice that is closed cannot become draft"):
        states.move(invoice, to=DocumentState.DRAFT, now=APRIL_3)


def test_issuing_twice_is_refused_and_takes_no_number(office: Office) -> None:
    invoice = invoicing.issued(office)
    with pytest.raises(states.NoSuchMove):
        invoices.issue(invoice, on=date(2026, 4, 3), now=APRIL_3)
    assert invoice.number == f"{office.code}-0001"
