"""Whether an office pays in time (spec OFF-02), and what the payment provider's words mean for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import statuses
from dashboard.extensions import db
from dashboard.models import DocumentState, Invoice, Office, OfficeStatus, PaymentState

PROVIDER_STATUSES: Mapping[str, OfficeStatus] = {
    "active": OfficeStatus.ACTIVE,
    "trialing": OfficeStatus.TRIALING,
    "canceled": OfficeStatus.CANCELED,
    "past_due": OfficeStatus.PAST_DUE,
    "unpaid": OfficeStatus.PAST_DUE,
}
FOLLOWS_DEBTS = frozenset({OfficeStatus.ACTIVE, OfficeStatus.PAST_DUE})
UNSETTLED = (PaymentState.UNPAID, PaymentState.PROCESSING)


def mapped(provider_status: str) -> OfficeStatus:
    """What a status of the payment provider's subscription makes of the office; an unknown one: inactive."""
    return PROVIDER_STATUSES.get(provider_status, OfficeStatus.INACTIVE)


def refresh_status(office: Office, now: datetime, *, provider_status: str | None = None) -> None:
    """Bring the office's status to what holds at `now` (UTC); harmless to repeat. The office is locked.

    A cancellation whose time has come takes effect. Else an office is past due while an issued invoice is
    failed or past its due date. An office with a subscription at the payment provider follows
    `provider_status` alone, and stays as it is where none is told.
    """
    if office.subscription_status is None:
        return
    _take_up_what_is_due(office, now)
    wanted = _wanted(office, now, provider_status)
    if wanted is not office.subscription_status:
        cause = "provider" if office.payment_provider_subscription_id else "payment"
        _change(office, wanted, cause)
        statuses.change(office, wanted, at=now, cause=cause)
        db.session.flush()


def refresh_soon(office_id: int) -> None:
    """Have an office's status looked at again after this unit, which may hold its invoice but not its row."""
    later("offices.refresh_status", key=f"standing:{office_id}", office_id=office_id)


def _take_up_what_is_due(office: Office, now: datetime) -> None:
    current = statuses.status_at(statuses.histories([office.id]).get(office.id, ()), now)
    if current is not office.subscription_status:
        _change(office, current, "canceled" if current is OfficeStatus.CANCELED else "history")


def _wanted(office: Office, now: datetime, provider_status: str | None) -> OfficeStatus:
    current = office.subscription_status
    assert current is not None
    if office.payment_provider_subscription_id:
        return mapped(provider_status) if provider_status else current
    if current not in FOLLOWS_DEBTS:
        return current
    today = now.astimezone(ZoneInfo(office.time_zone)).date()
    return OfficeStatus.PAST_DUE if owes_late(office, today) else OfficeStatus.ACTIVE


def owes_late(office: Office, today: date) -> bool:
    """Whether an issued invoice with something still to pay is failed, or past its due date on this day."""
    owing = db.session.scalars(select(Invoice).where(Invoice.office_id == office.id, *late(today)))
    return any(invoice.rest_cents > 0 for invoice in owing)


def late(today: date) -> tuple[ColumnElement[bool], ...]:
    """What the invoices have in common that make an office past due on this day, if anything is left of
    them.
    """
    overdue = Invoice.payment_state.in_(UNSETTLED) & (Invoice.due_date < today)
    failed = Invoice.payment_state == PaymentState.FAILED
    return Invoice.document_state == DocumentState.ISSUED, overdue | failed


def _change(office: Office, to: OfficeStatus, cause: str) -> None:
    before = office.subscription_status
    office.subscription_status = to
    told = {"from_status": before.value if before else None, "to_status": to.value, "cause": cause}
    audit.record(Action.STATUS_CHANGED, office, changes=told)
