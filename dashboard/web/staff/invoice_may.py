"""What a person may do to an invoice as it stands, and why the rest cannot be done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboard.models import DocumentState, Invoice, PaymentState
from dashboard.rights import Permission
from dashboard.web.access import me

WAS_PAID = frozenset({PaymentState.PAID, PaymentState.REFUNDED, PaymentState.DISPUTED})


@dataclass(frozen=True, slots=True)
class May:
    """What the person signed in may do to this invoice now."""

    approve: bool = False
    send_back: bool = False
    add_line: bool = False
    void: bool = False
    credit: bool = False
    refund: bool = False
    record: bool = False
    resend: bool = False
    bounce: bool = False
    dispute: bool = False
    give_back: bool = False

    @property
    def any_act(self) -> bool:
        """Whether there is something under "Acts"; approving and resending stand elsewhere."""
        below = (self.send_back, self.add_line, self.void, self.credit, self.refund, self.record)
        return any((*below, self.bounce, self.dispute, self.give_back))


def may(invoice: Invoice, creditable: int) -> May:
    """What applies to the invoice as it is, and is allowed to this person; `creditable` activations may still
    be given back.
    """
    changes, state, paid = me().may(Permission.CHANGE_INVOICES), invoice.document_state, invoice.payment_state
    records = me().may(Permission.SETTLE_INVOICES)
    is_closed, is_issued = state is DocumentState.CLOSED, state is DocumentState.ISSUED
    is_unpaid = is_issued and invoice.rest_cents > 0
    has_money, is_disputed = invoice.refundable_cents > 0, paid is PaymentState.DISPUTED
    return May(
        approve=changes and is_closed,
        send_back=changes and is_closed and invoice.returned_at is None,
        add_line=changes and state in {DocumentState.DRAFT, DocumentState.CLOSED},
        void=changes and (is_closed or is_unpaid) and not has_money,
        credit=changes and is_unpaid,
        refund=me().may(Permission.REFUND) and has_money and not is_disputed,
        record=records and is_unpaid,
        resend=me().may(Permission.RESEND_MESSAGES),
        bounce=records and invoice.amount_paid_cents > 0 and not is_disputed,
        dispute=records and is_issued and paid in WAS_PAID and invoice.amount_paid_cents > 0,
        give_back=changes and creditable > 0,
    )


def why_not(invoice: Invoice) -> Iterator[str]:
    """Why what is absent is absent, a line each."""
    state = invoice.document_state
    if state is DocumentState.DRAFT:
        yield "It grows until its month ends; then it can be approved or voided."
    if state is DocumentState.VOID:
        yield "It is void, and stays so."
    if state is DocumentState.ISSUED:
        yield "Issued invoices never change: void it, credit it, or add to the next draft."
        yield from _about_money(invoice)


def _about_money(invoice: Invoice) -> Iterator[str]:
    if invoice.rest_cents <= 0:
        yield "Nothing is left to be paid, so there is nothing to credit, to record or to void."
    elif invoice.refundable_cents > 0:
        yield "Money came in for it, so it cannot be voided: refund that first."
    if invoice.payment_state is PaymentState.DISPUTED:
        yield "The payment is disputed: nothing is refunded before the bank has decided."
    elif invoice.refundable_cents <= 0:
        yield "Nothing was paid that could be refunded."
