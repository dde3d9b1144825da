"""Rows in the names that the API gives them. The schema decides which of these leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from dashboard import orders
from dashboard.billing import drafts, invoice_lists
from dashboard.crypto import blind_index
from dashboard.extensions import db
from dashboard.intake import missing_required
from dashboard.models import (
    BillingCycle,
    Charge,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    MonthlyRun,
    Office,
    Order,
    Patient,
    Plan,
)
from dashboard.money import dollars
from dashboard.unit import plain

PERIOD = select(BillingCycle.start, BillingCycle.end).where(BillingCycle.id == bindparam("cycle"))


def invoices(found: Sequence[Invoice]) -> list[dict[str, Any]]:
    """Invoices, with the totals that they have now. Needs an open unit."""
    totals = invoice_lists.totals(found)
    known = select(Office.id, Office.ref).where(Office.id.in_({each.office_id for each in found}))
    offices = {row.id: row.ref for row in db.session.execute(known)}
    return [_invoice(each, offices[each.office_id], totals[each.id]) for each in found]


def _invoice(invoice: Invoice, office_ref: str, total: int) -> dict[str, Any]:
    return {
        "invoice_id": invoice.ref,
        "number": invoice.number,
        "office_id": office_ref,
        "billing_period_start": invoice.billing_period_start,
        "billing_period_end": invoice.billing_period_end,
        "total_amount": total,
        "amount_paid": invoice.amount_paid_cents,
        "amount_refunded": invoice.amount_refunded_cents,
        "amount_credited": invoice.amount_credited_cents,
        "currency": invoice.currency,
        "status": invoice.status,
        "invoice_type": invoice.invoice_type,
        "stripe_invoice_id": invoice.stripe_invoice_id,
        "due_date": invoice.due_date,
        "created_at": invoice.created_at,
        "updated_at": invoice.updated_at,
    }


def line_items(invoice: Invoice) -> list[dict[str, Any]]:
    """An invoice's rows; those of a draft whose period goes on are counted. Needs an open unit."""
    ours = select(InvoiceLineItem).where(InvoiceLineItem.invoice_id == invoice.id)
    found = db.session.scalars(ours.order_by(InvoiceLineItem.id))
    written = [_line(each, each.ref, each.created_at) for each in found]
    if invoice.document_state is not DocumentState.DRAFT or invoice.cycle_id is None:
        return written
    counted = drafts.lines(db.session.get_one(BillingCycle, invoice.cycle_id))
    return [_line(each, None, invoice.created_at) for each in counted] + written


def _line(line: Any, ref: str | None, created_at: Any) -> dict[str, Any]:
    return {
        "line_item_id": ref,
        "description": f"{line.wording}: {line.quantity} @ {dollars(line.unit_cents)} each",
        "quantity": line.quantity,
        "unit_price": line.unit_cents,
        "total_price": line.total_cents,
        "item_type": line.item_type,
        "created_at": created_at,
    }


def patient(found: Patient, office: Office) -> dict[str, Any]:
    """A patient without identity."""
    return {
        "patient_id": found.ref,
        "office_id": office.ref,
        "is_active_for_billing": found.is_active_for_billing,
        "activated_at": found.activated_at,
        "deactivated_at": found.deactivated_at,
        "created_at": found.created_at,
    }


def charge(found: Charge) -> dict[str, Any]:
    """A charge of the ledger. Needs an open unit."""
    cycle = plain(PERIOD, {"cycle": found.cycle_id}).one()
    return {
        "charge_id": blind_index(str(found.id), purpose="charges.id").hex()[:32],
        "amount": found.cents,
        "currency": "usd",
        "billing_period_start": cycle.start,
        "billing_period_end": cycle.end,
        "due_at": found.due_at,
    }


def run(found: MonthlyRun) -> dict[str, Any]:
    """A monthly run."""
    return {
        "run_id": found.ref,
        "status": found.state,
        "as_of": found.as_of,
        "created_at": found.created_at,
    }


def subscription(office: Office) -> dict[str, Any]:
    """An office's subscription. Needs an open unit."""
    plans = {plan.id: plan for plan in db.session.scalars(select(Plan).where(Plan.id.in_(_plan_ids(office))))}
    plan, following = plans.get(office.plan_id or 0), plans.get(office.next_plan_id or 0)
    return {
        "office_id": office.ref,
        "status": office.subscription_status,
        "plan_id": plan and plan.ref,
        "plan_name": plan and plan.name,
        "next_plan_id": following and following.ref,
        "billing_cycle_anchor_date": office.billing_cycle_anchor_date,
        "next_anchor_date": office.next_anchor_date,
        "time_zone": office.time_zone,
        "trial_ends_on": office.trial_ends_on,
        "started_at": office.subscription_started_at,
        "next_period_starts_at": office.next_boundary,
    }


def _plan_ids(office: Office) -> list[int]:
    return [each for each in (office.plan_id, office.next_plan_id) if each]


def order(found: Order) -> dict[str, Any]:
    """An order."""
    return {
        "order_number": found.order_number,
        "service_slug": found.service_slug,
        "status": found.status,
        "payment_status": found.payment_status,
        "method": found.method,
        "amount": found.amount_cents,
        "currency": "usd",
        "intake_incomplete": bool(missing_required(orders.intake_of(found))),
        "created_at": found.created_at,
    }
