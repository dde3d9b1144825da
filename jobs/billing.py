"""The background side of invoices: the clock approves, the payment provider is told, the paper is drawn.

Each call outside stands between two units. What is sent is read from invoices, lines and offices alone.
"""

from __future__ import annotations

from dashboard import clock
from dashboard.billing import credits, customers, firm, invoices, refunds, review
from dashboard.gateways import joined
from dashboard.models import CreditNote, DocumentState, Invoice, MoneyState, Office, Refund
from dashboard.outbound import Reference
from dashboard.rows import found, locked
from dashboard.unit import outside, writing
from jobs import invoice_papers
from jobs.registry import finishing, job, nothing_to_do

AT_ONCE = 50
TRIES = 12


@job("billing.send_invoice", lease_seconds=90, tries=TRIES)
def send_invoice(invoice_id: int) -> None:
    """Send one issued invoice; one of an office that is not verified waits. Harmless to repeat.

    Raises:
        GatewayError: it did not go, and is to be tried again.
    """
    with writing():
        letter = invoices.to_send(locked(Invoice, invoice_id, "invoice"), on=firm.ours().day(clock.now()))
        if letter is None:
            nothing_to_do()
    if letter is None:
        return
    outside()
    sent = joined().payments.send_invoice(letter)
    with finishing():
        invoices.was_sent(locked(Invoice, invoice_id, "invoice"), sent, clock.now())


@job("billing.void_invoice", lease_seconds=90, tries=TRIES)
def void_invoice(invoice_id: int) -> None:
    """Have the provider void what was sent and is void here. Harmless to repeat."""
    with writing():
        invoice = locked(Invoice, invoice_id, "invoice")
    if invoice.document_state is DocumentState.VOID and invoice.sent_at is not None:
        joined().payments.void_invoice(Reference(invoice.ref))


@job("billing.mark_paid", lease_seconds=90, tries=TRIES)
def mark_paid(invoice_id: int) -> None:
    """Have the provider mark as paid out of band what was wholly paid outside it, and is not void since.
    Harmless to repeat.
    """
    with writing():
        invoice = locked(Invoice, invoice_id, "invoice")
        is_issued = invoice.document_state is DocumentState.ISSUED
        is_settled = is_issued and invoice.rest_cents == 0 and invoice.sent_at is not None
        if not is_settled:
            nothing_to_do()
    if is_settled:
        joined().payments.mark_paid_out_of_band(Reference(invoice.ref))


@job("billing.send_refund", lease_seconds=90, tries=TRIES)
def send_refund(refund_id: int) -> None:
    """Have the provider give money back. Harmless to repeat."""
    with writing():
        letter = refunds.to_send(locked(Refund, refund_id, "refund"))
    if letter is None:
        return
    joined().payments.refund(letter)
    with finishing():
        locked(Refund, refund_id, "refund").state = MoneyState.SUCCEEDED


@job("billing.send_credit", lease_seconds=90, tries=TRIES)
def send_credit(credit_note_id: int) -> None:
    """Tell the provider of a credit note. Harmless to repeat."""
    with writing():
        letter = credits.credit_to_send(found(CreditNote, credit_note_id, "credit note"))
    joined().payments.credit(letter)


@job("billing.send_customer", lease_seconds=90, tries=TRIES)
def send_customer(office_id: int) -> None:
    """Make or update an office's customer, by its verified strings. Harmless to repeat."""
    with writing():
        letter = customers.to_send(locked(Office, office_id, "office"))
        if letter is None:
            nothing_to_do()
    if letter is None:
        return
    customer_id = joined().payments.make_customer(letter)
    with finishing():
        customers.was_made(locked(Office, office_id, "office"), letter, customer_id)


@job("billing.draw_invoice", queue="bulk", lease_seconds=120)
def draw_invoice(invoice_id: int) -> None:
    """Draw an issued invoice's paper and keep it. Harmless to repeat."""
    invoice_papers.kept(invoice_id)


@job("billing.issue_due", queue="bulk", lease_seconds=1800, tries=3)
def issue_due() -> None:
    """Issue what the clock may approve by now. Runs hourly; harmless to repeat and to run twice at once."""
    while _clock_set():
        pass
    last: int | None = 0
    while last is not None:
        last = _issued_after(last)


def _clock_set() -> bool:
    with writing():
        return review.set_clock()


def _issued_after(last: int) -> int | None:
    """Take the next few; gives where to go on, None at the end."""
    with writing():
        now = clock.now()
        chosen = review.due(now, last, AT_ONCE)
        review.approve_by_clock(chosen, now)
        return chosen[-1].id if chosen else None
