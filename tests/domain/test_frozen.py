"""The database itself refuses to change what was issued or charged, whoever asks (spec INV-03, BIL-01)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase

from dashboard.billing import credits, payments
from dashboard.models import (
    Charge,
    Invoice,
    InvoiceLineItem,
    ItemType,
    MoneySource,
    Office,
    RefundReason,
    VoidReason,
)
from dashboard.outbound import Wording
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
LINE = {
    "item_type": ItemType.ADJUSTMENT,
    "wording": Wording.ADJUSTMENT,
    "quantity": 1,
    "unit_cents": 100,
    "total_cents": 100,
    "ref": "0" * 32,
    "created_at": NOW,
}


@pytest.fixture
def invoice(app: Flask) -> Invoice:
    """March's invoice of six dollars, issued; April's draft has begun."""
    with writing():
        return invoicing.issued(invoicing.office())


def refused(statement: UpdateBase) -> bool:
    try:
        with writing() as session:
            session.execute(statement, execution_options={"synchronize_session": False})
    except DBAPIError:
        return True
    return False


@pytest.mark.parametrize(
    "change",
    [{"total_cents": 1}, {"number": "X-0001"}, {"due_date": None}, {"issued_at": NOW}, {"currency": "eur"}],
    ids=lambda change: next(iter(change)),
)
def test_what_an_issued_invoice_says_is_never_changed(invoice: Invoice, change: dict[str, object]) -> None:
    assert refused(update(Invoice).where(Invoice.id == invoice.id).values(**change))


def test_an_issued_invoice_keeps_its_lines(invoice: Invoice) -> None:
    ours = InvoiceLineItem.invoice_id == invoice.id
    assert refused(insert(InvoiceLineItem).values(invoice_id=invoice.id, **LINE))
    assert refused(update(InvoiceLineItem).where(ours).values(quantity=1, total_cents=200))
    assert refused(delete(InvoiceLineItem).where(ours))
    with reading() as session:
        assert session.query(InvoiceLineItem).where(ours).count() == 1


def test_an_issued_invoice_is_never_deleted(invoice: Invoice) -> None:
    assert refused(delete(Invoice).where(Invoice.id == invoice.id))


def test_a_charge_is_never_changed_or_deleted(invoice: Invoice) -> None:
    assert refused(update(Charge).values(cents=0))
    assert refused(delete(Charge))


def test_a_draft_still_changes(invoice: Invoice) -> None:
    with writing() as session:
        draft = invoicing.newest(session.get_one(Office, invoice.office_id))
    assert not refused(update(Invoice).where(Invoice.id == draft.id).values(total_cents=1))
    assert not refused(insert(InvoiceLineItem).values(invoice_id=draft.id, **LINE))


def test_what_happens_to_an_issued_invoice_moves_on(invoice: Invoice) -> None:
    with writing() as session:
        ours = session.get_one(Invoice, invoice.id)
        credits.credit(ours, 1_00, RefundReason.REQUESTED, "c", APRIL_3)
        payments.receive(ours, 1_00, "check", source=MoneySource.BY_HAND, key="p", now=APRIL_3)
        payments.returned(ours, payments.of(ours)[0], APRIL_3)
        credits.void(ours, reason=VoidReason.WRONG_AMOUNT, reissue=False, now=APRIL_3)
