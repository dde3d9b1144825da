"""How an invoice may move: one closed table over document and payment (spec INV-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dashboard.billing import standing
from dashboard.errors import DomainError
from dashboard.models import DocumentState, Invoice, PaymentState

State = tuple[DocumentState, PaymentState]

D, P = DocumentState, PaymentState
DRAFT, CLOSED, OPEN = (D.DRAFT, P.UNPAID), (D.CLOSED, P.UNPAID), (D.ISSUED, P.UNPAID)
PROCESSING, FAILED, PAID = (D.ISSUED, P.PROCESSING), (D.ISSUED, P.FAILED), (D.ISSUED, P.PAID)
REFUNDED, DISPUTED = (D.ISSUED, P.REFUNDED), (D.ISSUED, P.DISPUTED)
VOID, VOID_AFTER_FAILURE = (D.VOID, P.UNPAID), (D.VOID, P.FAILED)

# From paid or refunded to failed leads a returned debit, from disputed a lost dispute; void is final.
MOVES: Mapping[State, frozenset[State]] = {
    DRAFT: frozenset({CLOSED, VOID}),
    CLOSED: frozenset({OPEN, VOID}),
    OPEN: frozenset({PROCESSING, PAID, FAILED, VOID}),
    PROCESSING: frozenset({PAID, FAILED}),
    FAILED: frozenset({PAID, VOID_AFTER_FAILURE}),
    PAID: frozenset({REFUNDED, DISPUTED, FAILED}),
    DISPUTED: frozenset({PAID, REFUNDED, FAILED}),
    REFUNDED: frozenset({DISPUTED, FAILED}),
    VOID: frozenset(),
    VOID_AFTER_FAILURE: frozenset(),
}


class NoSuchMove(DomainError):
    """An invoice in this state cannot become that, or is that already."""

    code = "INVOICE_STATE"

    def __init__(self, before: State, after: State) -> None:
        text = f"An invoice that is {said(before)} cannot become {said(after)}."
        super().__init__(f"This invoice is {said(after)} already." if after == before else text)


def said(state: State) -> str:
    """A state in words: the payment's, once the invoice is issued."""
    document, payment = state
    return payment.value if document is D.ISSUED else document.value


def state_of(invoice: Invoice) -> State:
    return invoice.document_state, invoice.payment_state


def move(
    invoice: Invoice, *, now: datetime, to: DocumentState | None = None, paid: PaymentState | None = None
) -> None:
    """Let an invoice become `to`, its payment `paid`; what is not given stays. Whether the
    office is past due is looked at again.

    Raises:
        NoSuchMove: the table has no such move.
    """
    before = state_of(invoice)
    after = to or before[0], paid or before[1]
    if after not in MOVES.get(before, ()):
        raise NoSuchMove(before, after)
    invoice.document_state, invoice.payment_state = after
    invoice.updated_at = now
    if D.ISSUED in {before[0], after[0]}:
        standing.refresh_soon(invoice.office_id)
