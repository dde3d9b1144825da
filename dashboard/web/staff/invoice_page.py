"""What the page of one invoice is made of: the record, what can be done with it, and why the rest cannot."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select

from dashboard.billing import drafts, given_back, invoice_lists, invoices, payments, review
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    CreditNote,
    DocumentState,
    Invoice,
    Message,
    MoneyState,
    Office,
    Payment,
    PaymentState,
    Refund,
)
from dashboard.money import dollars
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.unit import reading
from dashboard.web.access import me
from dashboard.web.staff.invoice_may import may, why_not
from dashboard.web.staff.invoice_rows import invoice_href, shown
from dashboard.web.staff.shapes import Tab
from forms.billing import (
    CreditForm,
    InvoiceForm,
    LineForm,
    OfflinePaymentForm,
    RefundForm,
    ReturnForm,
    VoidForm,
)
from forms.invoice_money import ENDED, OPENED, ActivationsForm, BouncedForm, DisputeForm

KINDS = (
    InvoiceForm,
    ReturnForm,
    LineForm,
    VoidForm,
    CreditForm,
    RefundForm,
    OfflinePaymentForm,
    BouncedForm,
    DisputeForm,
    ActivationsForm,
)


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page: blank, but for the one that came back with something to mend."""

    approve: InvoiceForm
    send_back: ReturnForm
    line: LineForm
    void: VoidForm
    credit: CreditForm
    refund: RefundForm
    payment: OfflinePaymentForm
    bounced: BouncedForm
    dispute: DisputeForm
    activations: ActivationsForm

    @classmethod
    def blank(cls) -> Forms:
        return cls(*(kind(formdata=None) for kind in KINDS))

    def offer(self, rows: Rows) -> None:
        """Put what there is to choose from into the forms that choose."""
        came = [each for each in rows.payments if each.state is MoneyState.SUCCEEDED]
        self.bounced.payment.choices = [(each.id, said(each)) for each in came]
        is_disputed = rows.invoice.payment_state is PaymentState.DISPUTED
        self.dispute.what.choices = list(ENDED.items()) if is_disputed else list(OPENED.items())

    def named(self) -> Iterator[tuple[str, FlaskForm]]:
        """Each form with the name that keeps its fields' ids apart."""
        return ((each.name, getattr(self, each.name)) for each in fields(self))

    def with_one(self, sent: FlaskForm) -> Forms:
        """This form in the place of its blank."""
        return replace(self, **{name: sent for name, form in self.named() if type(form) is type(sent)})


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it is, or, in a draft, as the ledger makes it now. Money is cents."""

    item_type: str
    wording: str
    month: Any
    quantity: int
    unit_cents: int
    total_cents: int


@dataclass(frozen=True, slots=True)
class Rows:
    """What hangs on an invoice, as the database has it."""

    invoice: Invoice
    office: Office
    lines: list[Line]
    total_cents: int
    payments: Sequence[Payment]
    credits: Sequence[CreditNote]
    refunds: Sequence[Refund]
    messages: Sequence[Message]
    wrong: list[review.Check]
    replaces: Invoice | None
    replaced_by: Invoice | None
    creditable: int


def gathered(invoice_id: int) -> Rows:
    """Everything the record shows, read in one unit."""
    with reading():
        invoice = found(Invoice, invoice_id, "invoice")
        is_closed = invoice.document_state is DocumentState.CLOSED
        return Rows(
            invoice=invoice,
            office=invoices.office_of(invoice),
            lines=lines_of(invoice),
            total_cents=invoice_lists.totals([invoice])[invoice.id],
            payments=payments.of(invoice),
            credits=_of(CreditNote, invoice),
            refunds=_of(Refund, invoice),
            messages=_of(Message, invoice),
            wrong=review.failed(invoice) if is_closed else [],
            replaces=db.session.get(Invoice, invoice.replaces_id) if invoice.replaces_id else None,
            replaced_by=db.session.scalar(select(Invoice).where(Invoice.replaces_id == invoice.id)),
            creditable=_creditable(invoice),
        )


def _creditable(invoice: Invoice) -> int:
    """How many activations of its month may still be given back."""
    if invoice.document_state is not DocumentState.ISSUED or not invoice.cycle_id:
        return 0
    return given_back.creditable(db.session.get_one(BillingCycle, invoice.cycle_id))


def said(payment: Payment) -> str:
    """A payment in a list to choose from."""
    return f"{dollars(payment.amount_cents)} by {payment.method}"


def _of(table: Any, invoice: Invoice) -> Sequence[Any]:
    return db.session.scalars(select(table).where(table.invoice_id == invoice.id).order_by(table.id)).all()


def lines_of(invoice: Invoice) -> list[Line]:
    """Its lines; those that a draft has from the ledger come first. Needs an open unit."""
    counted = []
    if invoice.document_state is DocumentState.DRAFT and invoice.cycle_id:
        counted = drafts.lines(db.session.get_one(BillingCycle, invoice.cycle_id))
    return [_line(each) for each in (*counted, *invoices.lines_of(invoice))]


def _line(each: Any) -> Line:
    return Line(
        each.item_type.value,
        str(each.wording),
        each.service_month,
        each.quantity,
        each.unit_cents,
        each.total_cents,
    )


def context(invoice_id: int, forms: Forms) -> dict[str, Any]:
    """All that staff/invoice.html is given."""
    rows = gathered(invoice_id)
    forms.offer(rows)
    for _, form in forms.named():
        form["version"].data = form["version"].data or rows.invoice.version
        if "key" in form:
            form["key"].data = form["key"].data or secrets.token_hex(16)
    return around(rows.invoice, rows.office, rows.total_cents, "record") | {
        "rows": rows,
        "forms": forms,
        "may": may(rows.invoice, rows.creditable),
        "why_not": list(why_not(rows.invoice)) if me().may(Permission.CHANGE_INVOICES) else [],
    }


def around(invoice: Invoice, office: Office, total_cents: int, part: str) -> dict[str, Any]:
    """What every part of the page has: the head, and the tabs."""
    mark, word = shown(invoice)
    return {
        "invoice": invoice,
        "office": office,
        "total_cents": total_cents,
        "href": invoice_href(invoice.id),
        "mark": mark,
        "word": word,
        "views": list(parts(invoice, part)),
    }


def parts(invoice: Invoice, current: str) -> Iterator[Tab]:
    """The tabs; what was sent is for whoever may see payloads."""
    href = invoice_href(invoice.id)
    yield Tab("record", "Record", href, None, current == "record")
    if me().may(Permission.SEE_PAYLOADS):
        yield Tab("sent", "Sent to Stripe", f"{href}/payload", None, current == "sent")
        yield Tab("diff", "Diff", f"{href}/diff", None, current == "diff")
    yield Tab("history", "History", f"{href}/history", None, current == "history")
