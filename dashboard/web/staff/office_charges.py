"""Charging an office once for something: an invoice of its own, in closed words (BIL-07)."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from dashboard import clock, money
from dashboard.billing import one_offs
from dashboard.errors import Invalid
from dashboard.models import InvoiceType, Office
from dashboard.outbound import Wording
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.unit import writing
from dashboard.web.access import require
from dashboard.web.staff import acting
from dashboard.web.staff.invoice_rows import invoice_href
from dashboard.web.staff.office_acts import mended
from dashboard.web.staff.offices import bp
from forms.billing import OneOffForm


@bp.post("/<int:office_id>/charges")
@require(Permission.CHARGE_ONE_OFFS)
def charge(office_id: int) -> ResponseReturnValue:
    """A closed draft of one line, to be reviewed. Sent twice, it is charged once: the key says so."""
    form = OneOffForm()
    if not form.validate_on_submit():
        return mended(office_id, form)
    try:
        with writing():
            invoice = one_offs.charge(
                found(Office, office_id, "office"),
                Wording(form.wording.data),
                money.cents(form.amount.data),
                key=form.key.data,
                now=clock.now(),
                kind=InvoiceType(form.kind.data),
                memo=form.memo.data or "",
            )
    except Invalid as no:
        acting.told(form, no)
        return mended(office_id, form)
    flash("Drafted: it waits for review like any other invoice.")
    return redirect(invoice_href(invoice.id), 303)
