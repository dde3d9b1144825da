"""Finding offices: many by what the list's URL says, each with what it owes and how many patients it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from dashboard.capped import how_many
from dashboard.extensions import db
from dashboard.models import (
    DocumentState,
    Invoice,
    Office,
    OfficeStatus,
    Patient,
    PaymentState,
    Plan,
)
from dashboard.todos import keyset

BY_JOINING = keyset.Sort((Office.id,))
SIZE = 40
OPEN = (
    Invoice.document_state == DocumentState.ISSUED,
    Invoice.payment_state.in_([PaymentState.UNPAID, PaymentState.PROCESSING, PaymentState.FAILED]),
)
KEPT = Invoice.amount_paid_cents - Invoice.amount_refunded_cents
LEFT = Invoice.total_cents - Invoice.amount_credited_cents - KEPT


def conditions(told: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What an office must meet: `status`, `needs` (parked, unverified), and `q`, a code or part of a name."""
    return list(_conditions(told))


def _conditions(told: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    if "status" in told:
        status = told["status"]
        none = Office.subscription_status.is_(None)
        yield none if status == "none" else Office.subscription_status == OfficeStatus(status)
    if told.get("needs") == "parked":
        yield Office.parked_at.is_not(None)
    if told.get("needs") == "verification":
        yield Office.verified_at.is_(None)
    if "q" in told:
        text = told["q"].replace("\0", "")
        code = Office.code.startswith(text.upper(), autoescape=True)
        yield or_(code, Office.name.icontains(text, autoescape=True))


def page(meets: list[ColumnElement[bool]], *, after: str | None, before: str | None) -> keyset.Page:
    """One page of rows: `Office`, `plan` (its name), `patients` (active ones), `owed` (cents of open
    invoices).
    """
    wanted = select(
        Office.id,
        Office,
        Plan.name.label("plan"),
        _active().label("patients"),
        _owed().label("owed"),
    )
    wanted = wanted.outerjoin(Plan, Plan.id == Office.plan_id).where(*meets)
    keys = {"after": keyset.key_in(after, BY_JOINING), "before": keyset.key_in(before, BY_JOINING)}
    return keyset.page(wanted, BY_JOINING, **keys, size=SIZE)


def count(meets: list[ColumnElement[bool]]) -> int:
    """How many there are, up to 1,001."""
    return db.session.scalar(how_many(Office, *meets)) or 0


def _active() -> ScalarSelect[Any]:
    mine = (Patient.office_id == Office.id, Patient.is_active_for_billing.is_(True))
    return select(func.count()).select_from(Patient).where(*mine).correlate(Office).scalar_subquery()


def _owed() -> ScalarSelect[Any]:
    total = select(func.coalesce(func.sum(LEFT), 0)).where(Invoice.office_id == Office.id, *OPEN)
    return total.correlate(Office).scalar_subquery()
