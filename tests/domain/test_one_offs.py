"""One-off charges and setup fees: invoices of their own, in closed words (BIL-07)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from dashboard.billing import invoices, lines, one_offs, review
from dashboard.models import DocumentState, Invoice, InvoiceType, ItemType, Office
from dashboard.outbound import Wording
from dashboard.unit import writing
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield invoicing.office()


def charged(office: Office, cents: int = 50_00, key: str = "k", **more: object) -> Invoice:
    told = {"kind": InvoiceType.ONE_OFF, "wording": Wording.TRAINING} | more
    return one_offs.charge(office, cents=cents, key=key, now=APRIL_3, **told)  # type: ignore[arg-type]


def test_a_charge_is_a_closed_draft_of_one_line(office: Office) -> None:
    invoice = charged(office)
    [line] = invoices.lines_of(invoice)
    assert (invoice.document_state, invoice.total_cents) == (DocumentState.CLOSED, 50_00)
    assert (line.item_type, line.wording, line.total_cents) == (ItemType.ONE_OFF, "Training", 50_00)


def test_a_setup_fee_is_of_its_own_type(office: Office) -> None:
    invoice = charged(office, kind=InvoiceType.SETUP_FEE, wording=Wording.SETUP_FEE)
    [line] = invoices.lines_of(invoice)
    assert (invoice.invoice_type, line.item_type) == (InvoiceType.SETUP_FEE, ItemType.SETUP_FEE)


def test_the_clock_approves_it_like_a_month(office: Office) -> None:
    invoice = charged(office)
    assert invoice.approve_at == APRIL_3 + timedelta(days=2)
    assert review.approve_by_clock([invoice], APRIL_3 + timedelta(days=1)) == 0
    assert review.approve_by_clock([invoice], APRIL_3 + timedelta(days=2)) == 1


def test_the_same_key_gives_the_same_charge_and_other_values_are_refused(office: Office) -> None:
    first = charged(office)
    assert charged(office) is first
    assert charged(invoicing.office()) is not first
    with pytest.raises(lines.KeyReused):
        charged(office, 51_00)


@pytest.mark.parametrize("cents", [0, -1, 1_000_000_01])
def test_an_amount_out_of_bounds_is_refused(office: Office, cents: int) -> None:
    with pytest.raises(lines.Invalid) as refusal:
        charged(office, cents)
    assert refusal.value.field == "amount"


@pytest.mark.parametrize("wording", [Wording.PATIENT_ACTIVATIONS, Wording.CREDIT, Wording.SETUP_FEE])
def test_words_of_another_kind_are_refused(office: Office, wording: Wording) -> None:
    with pytest.raises(lines.Invalid) as refusal:
        charged(office, wording=wording)
    assert refusal.value.field == "wording"


def test_a_memo_stays_inside(office: Office) -> None:
    invoice = charged(office, memo="agreed with the owner on the phone")
    review.approve(invoice, APRIL_3)
    assert "agreed" not in str(invoice.snapshot)
    assert "agreed" not in str(invoices.to_send(invoice, on=APRIL_3.date()))


def test_sent_back_it_keeps_its_memo_beside_the_reason(office: Office) -> None:
    invoice = charged(office, memo="Two days on site")
    review.send_back(invoice, "It was three days.", APRIL_3)
    assert invoice.note == "Two days on site\nIt was three days."
