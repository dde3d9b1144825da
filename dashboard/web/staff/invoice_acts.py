"""What a person can do to an invoice: approve, send back, add a line, void, credit, refund, record money."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock, money
from dashboard.billing import credits, invoices, lines, payments, refunds, review
from dashboard.models import DocumentState, Invoice, Refund, RefundReason, VoidReason
from dashboard.outbound import Wording
from dashboard.rights import Permission
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from dashboard.web.access import require, stepped_up
from dashboard.web.pages import page
from dashboard.web.staff import acting
from dashboard.web.staff.invoice_page import Forms, context
from dashboard.web.staff.invoice_rows import InvoiceRow, invoice_href, row_of
from dashboard.web.staff.invoices import INVOICES, bp
from dashboard.web.staff.lists import href
from forms.billing import (
    ChosenForm,
    CreditForm,
    InvoiceForm,
    LineForm,
    OfflinePaymentForm,
    RefundForm,
    ReturnForm,
    VoidForm,
)

MOST = 40
LONGEST_ID = 18
WAITS = "Issued. It is sent once the office's name and email are verified."
BY_HAND = "Recorded as given back by hand: send the check or the wire yourself."


@bp.get("/<int:invoice_id>")
@require(Permission.SEE_INVOICES)
def show(invoice_id: int) -> ResponseReturnValue:
    """The record: lines, money, and what can be done."""
    return page("staff/invoice.html", **context(invoice_id, Forms.blank()))


@bp.post("/<int:invoice_id>/approval")
@require(Permission.CHANGE_INVOICES)
def approve(invoice_id: int) -> ResponseReturnValue:
    """Issue and send in one step."""
    form = InvoiceForm()
    goes: list[bool] = []

    def issue(invoice: Invoice) -> None:
        review.approve(invoice, clock.now())
        goes.append(invoices.office_of(invoice).is_verified)

    answer = done(invoice_id, form, issue, None)
    for each in goes:
        flash("Issued, and on its way." if each else WAITS)
    return answer


@bp.post("/approvals")
@require(Permission.CHANGE_INVOICES)
def approve_many() -> ResponseReturnValue:
    """Each of the ticked ones; a no of one stops no other."""
    form = ChosenForm()
    ids = sorted(set(form.invoice.data or []))[:MOST] if form.validate_on_submit() else []
    with writing():
        review.approve_all([locked(Invoice, each, "invoice") for each in ids], clock.now())
    return redirect(href(f"{INVOICES}/approvals", {"ids": "-".join(map(str, ids))}), 303)


@bp.post("/<int:invoice_id>/return")
@require(Permission.CHANGE_INVOICES)
def send_back(invoice_id: int) -> ResponseReturnValue:
    form = ReturnForm()
    return done(
        invoice_id,
        form,
        lambda it: review.send_back(it, form.reason.data, clock.now()),
        "Sent back: it waits for whoever puts it right.",
    )


@bp.post("/<int:invoice_id>/lines")
@require(Permission.CHANGE_INVOICES)
def add_line(invoice_id: int) -> ResponseReturnValue:
    form = LineForm()

    def add(invoice: Invoice) -> None:
        wording, cents = Wording(form.wording.data), money.cents(form.amount.data)
        signed = -cents if wording is Wording.CREDIT else cents
        month = form.month.data and form.month.data.replace(day=1)
        lines.add(invoice, wording, signed, month=month, key=form.key.data, now=clock.now())

    return done(invoice_id, form, add, "The line is added.")


@bp.post("/<int:invoice_id>/cancellation")
@require(Permission.CHANGE_INVOICES)
def void(invoice_id: int) -> ResponseReturnValue:
    form = VoidForm()
    return done(
        invoice_id,
        form,
        lambda it: credits.void(
            it, reason=VoidReason(form.reason.data), reissue=form.reissue.data, now=clock.now()
        ),
        "Void. A new draft with its lines waits for review." if form.reissue.data else "Void.",
    )


@bp.post("/<int:invoice_id>/credits")
@require(Permission.CHANGE_INVOICES)
def credit(invoice_id: int) -> ResponseReturnValue:
    form = CreditForm()
    return done(
        invoice_id,
        form,
        lambda it: credits.credit(it, *_given(form), form.key.data, clock.now()),
        "Credited.",
    )


@bp.post("/<int:invoice_id>/refunds")
@require(Permission.REFUND)
@stepped_up
def refund(invoice_id: int) -> ResponseReturnValue:
    form = RefundForm()
    given: list[Refund] = []

    def give(invoice: Invoice) -> None:
        given.append(refunds.refund(invoice, *_given(form), form.key.data, clock.now()))

    answer = done(invoice_id, form, give, None)
    for each in given:
        flash(BY_HAND if each.by_hand else "The refund is on its way.")
    return answer


def _given(form: CreditForm) -> tuple[int, RefundReason]:
    """The cents, and why."""
    return money.cents(form.amount.data), RefundReason(form.reason.data)


@bp.post("/<int:invoice_id>/payments")
@require(Permission.SETTLE_INVOICES)
def record(invoice_id: int) -> ResponseReturnValue:
    """A check or a wire that came in."""
    form = OfflinePaymentForm()

    def add(invoice: Invoice) -> None:
        cents, day = money.cents(form.amount.data), form.received_on.data
        told = (form.method.data, day, form.reference.data, form.key.data, clock.now())
        payments.record(invoice, cents, *told)

    return done(invoice_id, form, add, "Payment recorded.")


def done(
    invoice_id: int, form: FlaskForm, save: Callable[[Invoice], object], said: str | None
) -> ResponseReturnValue:
    """Save something about one invoice, if it is still the version that was shown."""
    return acting.done(
        form,
        lambda: save(at_version(invoice_id, form)),
        said=said,
        to=invoice_href(invoice_id),
        mended=lambda sent: mended(invoice_id, sent),
        stale=lambda: stale(invoice_id),
    )


def at_version(invoice_id: int, form: FlaskForm) -> Invoice:
    """The invoice, locked, at the version that was shown; a repeated key is the same act, whatever the
    version.
    """
    invoice = locked(Invoice, invoice_id, "invoice")
    if "key" not in form:
        acting.checked(invoice, form, "invoice")
    return invoice


def mended(invoice_id: int, form: FlaskForm) -> ResponseReturnValue:
    """The page again, with what was typed and what is wrong with it."""
    return page("staff/invoice.html", **context(invoice_id, Forms.blank().with_one(form))), 422


def stale(invoice_id: int) -> ResponseReturnValue:
    """Somebody else changed the invoice: look, then try again."""
    with reading():
        invoice = found(Invoice, invoice_id, "invoice")
    return acting.conflict("This invoice", invoice_href(invoice_id), invoice, None, {}, invoice.updated_at)


@bp.get("/approvals")
@require(Permission.CHANGE_INVOICES)
def approved() -> ResponseReturnValue:
    """How each of them stands now: issued, or why not."""
    told = request.args.get("ids", "").split("-")
    ids = [int(each) for each in told if each.isdecimal() and len(each) < LONGEST_ID][:MOST]
    with reading() as session:
        some = [each for id in ids if (each := session.get(Invoice, id))]
        results = [_result(each) for each in some]
    return page("staff/invoice_approvals.html", results=results)


def _result(invoice: Invoice) -> tuple[InvoiceRow, list[str]]:
    """The row of an invoice, and which checks kept it from being issued."""
    office = invoices.office_of(invoice)
    is_closed = invoice.document_state is DocumentState.CLOSED
    wrong = [check.name for check in review.failed(invoice) if check.needed] if is_closed else []
    return row_of(invoice, office, invoice.total_cents), wrong
