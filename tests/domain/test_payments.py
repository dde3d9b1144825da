"""Money that comes in: rows, told once, never above the rest (INV-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from dashboard.billing import credits, invoices, lines, payments, refunds
from dashboard.gateways import SentInvoice
from dashboard.models import (
    Invoice,
    InvoiceStatus,
    MoneySource,
    MoneyState,
    Payment,
    RefundReason,
    VoidReason,
)
from dashboard.unit import writing
from tests.domain.test_invoices import asked
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
DAY = date(2026, 4, 3)


@pytest.fixture
def invoice(app: Flask) -> Iterator[Invoice]:
    with writing():
        yield invoicing.issued(invoicing.office())


def check(invoice: Invoice, cents: int, key: str = "k", **more: object) -> Payment:
    told = {"method": "check", "received_on": DAY, "reference": "1001", "now": APRIL_3} | more
    return payments.record(invoice, cents, key=key, **told)  # type: ignore[arg-type]


def test_a_check_for_a_part_leaves_it_sent_with_what_was_paid(invoice: Invoice) -> None:
    payment = check(invoice, 2_00)
    assert (payment.provider_reference, payment.received_on) == ("1001", DAY)
    assert (invoice.status, invoice.amount_paid_cents, invoice.rest_cents) == (InvoiceStatus.SENT, 2_00, 4_00)


def test_the_rest_makes_it_paid_and_is_told_as_paid_out_of_band(invoice: Invoice) -> None:
    invoices.was_sent(invoice, SentInvoice("in_sample", None), APRIL_3)
    check(invoice, 2_00)
    assert "billing.mark_paid" not in asked()
    check(invoice, 4_00, "l")
    assert invoice.status is InvoiceStatus.PAID
    assert "billing.mark_paid" in asked()


def test_a_check_and_a_credit_note_for_the_rest_are_told_as_paid_out_of_band(invoice: Invoice) -> None:
    invoices.was_sent(invoice, SentInvoice("in_sample", None), APRIL_3)
    check(invoice, 2_00)
    credits.credit(invoice, 4_00, RefundReason.REQUESTED, "c", APRIL_3)
    assert "billing.mark_paid" in asked()


def test_a_credit_note_for_all_of_it_is_no_payment(invoice: Invoice) -> None:
    invoices.was_sent(invoice, SentInvoice("in_sample", None), APRIL_3)
    credits.credit(invoice, 6_00, RefundReason.REQUESTED, "c", APRIL_3)
    assert invoice.status is InvoiceStatus.PAID
    assert "billing.mark_paid" not in asked()


def test_what_was_paid_before_it_was_sent_is_told_after_it(invoice: Invoice) -> None:
    check(invoice, 6_00)
    assert "billing.mark_paid" not in asked()
    invoices.was_sent(invoice, SentInvoice("in_sample", None), APRIL_3)
    assert "billing.mark_paid" in asked()


def test_more_than_the_rest_is_refused(invoice: Invoice) -> None:
    with pytest.raises(payments.MoreThanOwed, match=r"Only \$6.00 is still owed"):
        check(invoice, 6_01)


def test_told_again_it_counts_once_and_other_values_are_refused(invoice: Invoice) -> None:
    assert check(invoice, 6_00) is check(invoice, 6_00)
    assert invoice.amount_paid_cents == 6_00
    with pytest.raises(lines.KeyReused):
        check(invoice, 5_00)


def test_a_settled_invoice_takes_no_money(invoice: Invoice) -> None:
    check(invoice, 6_00)
    with pytest.raises(payments.NothingOwed):
        check(invoice, 1, "l")


def test_a_draft_takes_no_money(app: Flask) -> None:
    with writing(), pytest.raises(payments.NothingOwed):
        check(invoicing.closed(invoicing.office()), 1)


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("method", {"method": "card"}),
        ("received_on", {"received_on": date(2026, 4, 4)}),
        ("reference", {"reference": " "}),
    ],
)
def test_a_slip_is_refused_and_names_its_field(
    invoice: Invoice, field: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(lines.Invalid) as refusal:
        check(invoice, 1_00, **wrong)
    assert refusal.value.field == field


@pytest.mark.parametrize("cents", [0, -1])
def test_an_amount_not_above_zero_is_refused(invoice: Invoice, cents: int) -> None:
    with pytest.raises(lines.Invalid):
        check(invoice, cents)


def test_a_failed_attempt_shows_and_the_payment_after_it_heals(invoice: Invoice) -> None:
    fail(invoice)
    assert invoice.status is InvoiceStatus.FAILED
    check(invoice, 6_00)
    assert invoice.status is InvoiceStatus.PAID


def test_a_failure_told_after_the_payment_changes_nothing(invoice: Invoice) -> None:
    check(invoice, 6_00)
    assert fail(invoice).state is MoneyState.FAILED
    assert invoice.status is InvoiceStatus.PAID


def test_a_returned_debit_makes_a_paid_invoice_failed(invoice: Invoice) -> None:
    payment = check(invoice, 6_00)
    payments.returned(invoice, payment, APRIL_3)
    payments.returned(invoice, payment, APRIL_3)
    assert (payment.state, invoice.status) == (MoneyState.REVERSED, InvoiceStatus.FAILED)
    assert (invoice.amount_paid_cents, invoice.rest_cents) == (0, 6_00)


def fail(invoice: Invoice) -> Payment:
    return payments.failed(invoice, 6_00, "ach", source=MoneySource.WEBHOOK, key="f", now=APRIL_3)


def test_a_check_that_bounces_after_its_invoice_was_voided_is_recorded_all_the_same(invoice: Invoice) -> None:
    payment = check(invoice, 4_00)
    refunds.refund(invoice, 4_00, RefundReason.DUPLICATE, "r", APRIL_3)
    credits.void(invoice, reason=VoidReason.WRITTEN_OFF, reissue=False, now=APRIL_3)
    payments.returned(invoice, payment, APRIL_3)
    assert (payment.state, payment.returned_cents) == (MoneyState.REVERSED, 4_00)
    assert (invoice.status, invoice.amount_paid_cents, invoice.rest_cents) == (InvoiceStatus.CANCELED, 0, 0)
