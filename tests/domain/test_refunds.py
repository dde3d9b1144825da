"""Refunds go back the way the money came; disputes and bounced money leave the sums right (INV-05)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from dashboard.billing import credits, disputes, lines, payments, refunds, states
from dashboard.billing.disputes import Dispute
from dashboard.models import (
    Invoice,
    InvoiceStatus,
    MoneySource,
    MoneyState,
    Office,
    Payment,
    PaymentState,
    Refund,
    RefundReason,
)
from dashboard.unit import writing
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
ASKED = RefundReason.REQUESTED
BY_HAND, BY_CARD = MoneySource.BY_HAND, MoneySource.WEBHOOK


@pytest.fixture
def office(app: Flask) -> Iterator[Office]:
    with writing():
        yield invoicing.office()


def paid(office: Office, source: MoneySource = BY_HAND) -> Invoice:
    """March's invoice of six dollars, wholly paid."""
    invoice = invoicing.issued(office)
    came(invoice, 6_00, source)
    return invoice


def came(invoice: Invoice, cents: int, source: MoneySource) -> Payment:
    key = f"{source.value} {cents} {invoice.ref}"
    return payments.receive(invoice, cents, "paid", source=source, key=key, now=APRIL_3)


def give(invoice: Invoice, cents: int, key: str = "r") -> Refund:
    return refunds.refund(invoice, cents, ASKED, key, APRIL_3)


def lose(invoice: Invoice) -> None:
    for told in (Dispute.OPENED, Dispute.LOST):
        disputes.tell(invoice, told, APRIL_3)


def test_a_refund_never_exceeds_what_was_paid(office: Office) -> None:
    invoice = paid(office)
    give(invoice, 4_00)
    assert (invoice.payment_state, invoice.status) == (PaymentState.PAID, InvoiceStatus.PAID)
    with pytest.raises(refunds.RefundsTooMuch):
        give(invoice, 2_01, "s")
    give(invoice, 2_00, "s")
    assert (invoice.payment_state, invoice.status) == (PaymentState.REFUNDED, InvoiceStatus.PAID)


@pytest.mark.parametrize("cents", [0, -1])
def test_a_refund_not_above_zero_is_refused(office: Office, cents: int) -> None:
    with pytest.raises(lines.Invalid):
        give(paid(office), cents)


def test_a_refund_told_again_is_the_same(office: Office) -> None:
    invoice = paid(office)
    first = give(invoice, 2_00)
    assert give(invoice, 2_00) is first
    assert invoice.amount_refunded_cents == 2_00


def test_money_paid_through_the_provider_goes_back_through_it(office: Office) -> None:
    given = give(paid(office, BY_CARD), 2_00)
    letter = refunds.to_send(given)
    assert given.state is MoneyState.PENDING
    assert letter is not None
    assert letter.cents == 2_00


def test_money_paid_by_check_goes_back_by_hand(office: Office) -> None:
    given = give(paid(office), 2_00)
    assert given.state is MoneyState.SUCCEEDED
    assert refunds.to_send(given) is None


def test_a_dispute_blocks_refunds_from_its_opening(office: Office) -> None:
    invoice = paid(office)
    disputes.tell(invoice, Dispute.OPENED, APRIL_3)
    with pytest.raises(refunds.Disputed):
        give(invoice, 1_00)
    assert invoice.status is InvoiceStatus.PAID


def test_a_dispute_that_is_won_leaves_it_paid(office: Office) -> None:
    invoice = paid(office)
    for told in (Dispute.OPENED, Dispute.OPENED, Dispute.WON, Dispute.LOST):
        disputes.tell(invoice, told, APRIL_3)
    assert (invoice.payment_state, invoice.refundable_cents) == (PaymentState.PAID, 6_00)


def test_a_dispute_that_is_lost_leaves_it_failed_and_unpaid(office: Office) -> None:
    invoice = paid(office)
    lose(invoice)
    assert (invoice.status, invoice.rest_cents) == (InvoiceStatus.FAILED, 6_00)


def test_what_nobody_paid_cannot_be_disputed(office: Office) -> None:
    with pytest.raises(states.NoSuchMove):
        disputes.tell(invoicing.issued(office), Dispute.OPENED, APRIL_3)


def test_what_credit_notes_settled_cannot_be_disputed(office: Office) -> None:
    invoice = invoicing.issued(office)
    credits.credit(invoice, 6_00, ASKED, "c", APRIL_3)
    with pytest.raises(states.NoSuchMove):
        disputes.tell(invoice, Dispute.OPENED, APRIL_3)


def test_money_that_came_both_ways_goes_back_the_way_it_came(office: Office) -> None:
    invoice = invoicing.issued(office)
    came(invoice, 4_00, BY_CARD)
    came(invoice, 2_00, BY_HAND)
    with pytest.raises(refunds.RefundsTwoWays):
        give(invoice, 5_00)
    given = [give(invoice, 3_00, "a"), give(invoice, 2_00, "b"), give(invoice, 1_00, "c")]
    assert [each.by_hand for each in given] == [False, True, False]
    assert refunds.kept(invoice) == refunds.Kept(through_provider=0, by_hand=0)
    assert invoice.payment_state is PaymentState.REFUNDED


def test_a_lost_dispute_takes_what_was_not_refunded_before(office: Office) -> None:
    invoice = paid(office, BY_CARD)
    give(invoice, 2_00)
    lose(invoice)
    [payment] = payments.of(invoice)
    assert (payment.state, payment.returned_cents) == (MoneyState.REVERSED, 4_00)
    assert (invoice.status, invoice.rest_cents) == (InvoiceStatus.FAILED, 6_00)
    assert (invoice.amount_paid_cents, invoice.amount_refunded_cents) == (2_00, 2_00)


def test_a_lost_dispute_leaves_a_check_alone(office: Office) -> None:
    invoice = invoicing.issued(office)
    by_card, by_check = came(invoice, 4_00, BY_CARD), came(invoice, 2_00, BY_HAND)
    lose(invoice)
    assert (by_card.state, by_check.state) == (MoneyState.REVERSED, MoneyState.SUCCEEDED)
    assert (invoice.rest_cents, refunds.kept(invoice).by_hand) == (4_00, 2_00)


def test_a_lost_dispute_leaves_a_payment_that_was_refunded_wholly_as_it_is(office: Office) -> None:
    invoice = invoicing.issued(office)
    first, second = came(invoice, 4_00, BY_CARD), came(invoice, 2_00, BY_CARD)
    give(invoice, 3_00)
    lose(invoice)
    assert (first.state, first.returned_cents) == (MoneyState.REVERSED, 3_00)
    assert (second.state, second.returned_cents) == (MoneyState.SUCCEEDED, 0)
    assert (invoice.rest_cents, refunds.kept(invoice).through_provider) == (6_00, 0)


def test_a_dispute_lost_after_everything_was_refunded_takes_nothing(office: Office) -> None:
    invoice = paid(office, BY_CARD)
    give(invoice, 6_00)
    lose(invoice)
    assert (invoice.payment_state, invoice.rest_cents) == (PaymentState.REFUNDED, 0)


@pytest.mark.parametrize("refunded", [2_00, 6_00])
def test_what_was_refunded_of_a_check_that_bounced_is_owed_on_top(office: Office, refunded: int) -> None:
    invoice = paid(office)
    give(invoice, refunded)
    payments.returned(invoice, payments.of(invoice)[0], APRIL_3)
    assert (invoice.status, invoice.rest_cents) == (InvoiceStatus.FAILED, 6_00 + refunded)
    assert invoice.refundable_cents == 0
    came(invoice, 6_00 + refunded, BY_CARD)
    assert (invoice.status, invoice.rest_cents, invoice.refundable_cents) == (InvoiceStatus.PAID, 0, 6_00)
