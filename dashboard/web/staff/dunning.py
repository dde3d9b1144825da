"""Reminders of invoices that are late: how far each is, pausing, and what was promised (DUN-01)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock
from dashboard.billing import dunning, invoices
from dashboard.errors import Invalid
from dashboard.models import Dunning, DunningState, Invoice
from dashboard.rights import Permission
from dashboard.rows import locked
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page
from dashboard.web.staff.invoice_rows import InvoiceRow, row_of
from forms.billing import PromiseForm

DUNNING = "/staff/dunning"
bp = Blueprint("dunning", __name__, url_prefix=DUNNING)
WORDS = {
    DunningState.RUNNING: ("running", "Reminding"),
    DunningState.PAUSED: ("waiting", "Paused"),
    DunningState.PROMISED: ("waiting", "Promised"),
    DunningState.ENDED: ("done", "Ended"),
}


@dataclass(frozen=True, slots=True)
class DunningRow:
    """One invoice being reminded of. Days are the office's; `step` counts reminders of `steps`."""

    invoice: InvoiceRow
    href: str
    mark: str
    word: str
    started: date
    step: int
    steps: int
    next: date | None
    promised: date | None
    is_running: bool


@bp.get("")
@require(Permission.SEE_INVOICES)
def index() -> ResponseReturnValue:
    """The next step first."""
    return listed(PromiseForm(formdata=None))


def listed(form: PromiseForm, invoice_id: int | None = None) -> str:
    """The list; `form` is what was sent for one of its invoices."""
    with reading():
        rows = [row(*each) for each in dunning.listed()]
    may_change = me().may(Permission.CHANGE_INVOICES)
    return page("staff/dunning.html", rows=rows, form=form, sent_for=invoice_id, may_change=may_change)


def row(state: Dunning, invoice: Invoice) -> DunningRow:
    mark, word = WORDS[state.state]
    return DunningRow(
        invoice=row_of(invoice, invoices.office_of(invoice), invoice.total_cents),
        href=f"{DUNNING}/{invoice.id}",
        mark=mark,
        word=word,
        started=state.started_on,
        step=state.step,
        steps=len(dunning.LADDER),
        next=state.next_on if state.state is DunningState.RUNNING else None,
        promised=state.promised_on,
        is_running=state.state is DunningState.RUNNING,
    )


@bp.post("/<int:invoice_id>/pause")
@require(Permission.CHANGE_INVOICES)
def pause(invoice_id: int) -> ResponseReturnValue:
    return acted(invoice_id, dunning.pause, "Paused: nothing is sent until somebody goes on.")


@bp.post("/<int:invoice_id>/release")
@require(Permission.CHANGE_INVOICES)
def resume(invoice_id: int) -> ResponseReturnValue:
    return acted(invoice_id, dunning.resume, "The reminders go on.")


@bp.post("/<int:invoice_id>/promise")
@require(Permission.CHANGE_INVOICES)
def promise(invoice_id: int) -> ResponseReturnValue:
    """Nothing is sent before the day after the one that was promised."""
    form = PromiseForm()
    if not form.validate_on_submit():
        return listed(form, invoice_id), 422
    try:
        with writing():
            dunning.promise(locked(Invoice, invoice_id, "invoice"), form.promised_on.data, clock.now())
    except Invalid as no:
        form.promised_on.errors = [str(no)]
        return listed(form, invoice_id), 422
    flash("Noted: nothing is sent before then.")
    return redirect(DUNNING, 303)


def acted(invoice_id: int, act: Callable[[Invoice], object], said: str) -> ResponseReturnValue:
    if FlaskForm().validate_on_submit():
        with writing():
            act(locked(Invoice, invoice_id, "invoice"))
        flash(said)
    return redirect(DUNNING, 303)
