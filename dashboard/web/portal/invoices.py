"""An office's invoices: the list, one of them, its PDF and its lines for a spreadsheet (spec INV-04)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import office_invoices
from dashboard.billing.invoices import lines_of
from dashboard.models import Invoice, InvoiceLineItem
from dashboard.money import plain
from dashboard.rights import Permission
from dashboard.todos.exports import written
from dashboard.unit import reading, writing
from dashboard.web.access import require, stepped_up
from dashboard.web.invoice_paper import paper
from dashboard.web.invoices_shown import shown, whole
from dashboard.web.pages import page
from dashboard.web.portal.own import office_id, own

bp = Blueprint("portal_invoices", __name__, url_prefix="/portal/invoices")
HEAD = ("Invoice", "Line", "Month", "Quantity", "Unit price", "Total", "Currency")


@bp.get("")
@require(Permission.SEE_PORTAL)
def index() -> ResponseReturnValue:
    """The newest first."""
    with reading():
        found = office_invoices.page(
            office_id(), after=request.args.get("after"), before=request.args.get("before")
        )
    return page(
        "portal/invoices.html",
        invoices=[shown(row.Invoice) for row in found.rows],
        newer=found.newer and url_for(".index", before=found.newer),
        older=found.older and url_for(".index", after=found.older),
    )


@bp.get("/<string:ref>")
@require(Permission.SEE_PORTAL)
def show(ref: str) -> ResponseReturnValue:
    with reading():
        context = whole(issued(ref))
    return page("portal/invoice.html", **context)


@bp.get("/<string:ref>/pdf")
@require(Permission.SEE_PORTAL)
def pdf(ref: str) -> Response:
    """The paper as it was issued; that somebody read it is on the trail."""
    with writing():
        invoice = issued(ref)
        audit.record(Action.DOCUMENT_READ, invoice)
    return paper(invoice)


@bp.get("/<string:ref>/lines.csv")
@require(Permission.SEE_PORTAL)
@stepped_up
def export(ref: str) -> Response:
    """What the page shows, for a spreadsheet: counts and amounts."""
    with writing():
        invoice = issued(ref)
        lines = lines_of(invoice)
        audit.record(Action.EXPORTED, invoice, changes={"what": "invoice lines", "rows": len(lines)})
    answer = Response(written([HEAD, *cells(invoice, lines)]), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"invoice-{invoice.number}.csv")
    return answer


def issued(ref: str) -> Invoice:
    """The office's own invoice, once it was issued. Needs an open unit.

    Raises:
        NotFound: unknown, not issued yet, or another office's, which look alike.
    """
    return own(Invoice, ref, office_invoices.SHOWN, what="invoice")


def cells(invoice: Invoice, lines: Sequence[InvoiceLineItem]) -> Iterator[tuple[str, ...]]:
    """The lines in the order of the head; amounts with two decimals, a month by its first day."""
    for line in lines:
        month = line.service_month.isoformat() if line.service_month else ""
        each, total = plain(line.unit_cents), plain(line.total_cents)
        yield invoice.number or "", line.wording, month, str(line.quantity), each, total, invoice.currency
