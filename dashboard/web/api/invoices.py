"""Invoices by key: the list of an office, one, its rows, how far it is paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, select

from dashboard.billing import invoice_lists
from dashboard.cycles import boundary_after
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, InvoiceStatus, InvoiceType, Office
from dashboard.unit import reading
from dashboard.web.api import rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.finding import own_invoice, own_office
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint("api_invoices", __name__, url_prefix="/api/v1/billing", description="Invoices of offices.")


@bp.get("/offices/<string:office_id>/invoices")
@may(Right.SEE_BILLING)
@bp.arguments(schemas.InvoiceFilter, location="query")
@bp.response(200, schemas.InvoicePage)
def index(told: dict[str, Any], office_id: str) -> Any:
    """List the invoices of an office, the newest first."""
    with reading():
        office = own_office(office_id)
        found = db.session.scalars(_wanted(office, told)).all()
        more, page = len(found) > told["limit"], found[: told["limit"]]
        return {"invoices": rows.invoices(page), "next_cursor": page[-1].ref if more else None}


@bp.get("/invoices/<string(length=32):invoice_id>")
@may(Right.SEE_BILLING)
@bp.response(200, schemas.Invoice)
def show(invoice_id: str) -> Any:
    """Show one invoice."""
    with reading():
        return rows.invoices([own_invoice(invoice_id)])[0]


@bp.get("/invoices/<string:invoice_id>/line-items")
@may(Right.SEE_BILLING)
@bp.response(200, schemas.LineItems)
def line_items(invoice_id: str) -> Any:
    """Show the rows of an invoice.

    There is one row a kind; none names a patient.
    """
    with reading():
        invoice = own_invoice(invoice_id)
        return {"invoice_id": invoice.ref, "line_items": rows.line_items(invoice)}


@bp.get("/payment-status/<string:invoice_id>")
@may(Right.SEE_BILLING)
@bp.response(200, schemas.PaymentStatusOfInvoice)
def payment_status(invoice_id: str) -> Any:
    """Show how far an invoice is paid."""
    with reading():
        invoice = own_invoice(invoice_id)
        return {**rows.invoices([invoice])[0], "last_synced_at": invoice.last_synced_at}


def _wanted(office: Office, told: dict[str, Any]) -> Any:
    """One more than the page holds, to know whether there is a next one."""
    wanted = select(Invoice).where(Invoice.office_id == office.id, *_conditions(office, told))
    return wanted.order_by(Invoice.id.desc()).limit(told["limit"] + 1)


def _conditions(office: Office, told: dict[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if "status" in told:
        found += _in_status(told["status"])
    if "type" in told:
        found.append(Invoice.invoice_type == InvoiceType(told["type"]))
    if "period" in told:
        first = date.fromisoformat(f"{told['period']}-01")
        found.append(Invoice.billing_period_start.between(first, _last_of(first)))
    if "cursor" in told:
        found.append(Invoice.id < _cursor(office, told["cursor"]).id)
    return found


def _in_status(status: str) -> tuple[ColumnElement[bool], ...]:
    """What is closed, but not issued yet, still shows as a draft (INV-01)."""
    if status == InvoiceStatus.DRAFT:
        return (Invoice.document_state.in_((DocumentState.DRAFT, DocumentState.CLOSED)),)
    return invoice_lists.tab(status, date.min)


def _last_of(first: date) -> date:
    return date.fromordinal(boundary_after(first, first).toordinal() - 1)


def _cursor(office: Office, ref: str) -> Invoice:
    invoice = own_invoice(ref)
    return invoice if invoice.office_id == office.id else own_invoice("")
