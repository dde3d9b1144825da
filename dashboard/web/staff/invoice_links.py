"""Taking back the links of an invoice that are out (spec POR-01). Mailing one again is resending its mail."""

from __future__ import annotations

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from dashboard import client_links, clock
from dashboard.models import Invoice
from dashboard.rights import Permission
from dashboard.rows import locked
from dashboard.unit import writing
from dashboard.web.access import require
from dashboard.web.staff.invoice_rows import invoice_href
from dashboard.web.staff.invoices import bp


@bp.post("/<int:invoice_id>/client-link/revocation")
@require(Permission.RESEND_MESSAGES)
def revoke_links(invoice_id: int) -> ResponseReturnValue:
    """Take back every link of this invoice."""
    with writing():
        count = client_links.revoke(locked(Invoice, invoice_id, "invoice"), clock.now())
    flash("One link taken back." if count == 1 else f"{count} links taken back.")
    return redirect(invoice_href(invoice_id), 303)
