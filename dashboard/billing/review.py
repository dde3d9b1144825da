"""Review of closed drafts: what is checked, who approves, what is sent back (spec BIL-04).

A person approves whatever could be issued at all; the clock only what passes every check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing import firm, invoices
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import BillingCycle, DocumentState, Invoice, InvoiceType

TOO_MUCH_MORE = 3
STEP = 500
UNCLOCKED = (
    Invoice.document_state == DocumentState.CLOSED,
    Invoice.invoice_type == InvoiceType.MONTHLY,
    Invoice.approve_at.is_(None),
    Invoice.returned_at.is_(None),
    Invoice.replaces_id.is_(None),
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at. One that is `needed` stops a person, too; the others only the clock."""

    name: str
    holds: bool
    needed: bool


class NotApprovable(DomainError):
    """A closed draft fails a check that nobody may pass over."""

    code = "NOT_APPROVABLE"

    def __init__(self, failed: Sequence[str]) -> None:
        super().__init__(f"This cannot be issued: {'; '.join(failed)}.")


class NotClosed(DomainError):
    """Only a closed draft is reviewed."""

    code = "NOT_CLOSED"

    def __init__(self) -> None:
        super().__init__("Only a closed draft can be reviewed. Look at the invoice again.")


def checks(invoice: Invoice) -> list[Check]:
    """Everything that is looked at before a closed draft goes out."""
    office = invoices.office_of(invoice)
    lines = sum(line.total_cents for line in invoices.lines_of(invoice))
    last = _last_cents(invoice)
    return [
        Check("the lines do not add up to the total", lines == invoice.total_cents, needed=True),
        Check("there is nothing to pay", invoice.total_cents > 0, needed=True),
        Check("the office's name and email are not verified", office.is_verified, needed=False),
        Check("the office is parked", office.parked_at is None, needed=False),
        Check(
            f"it is more than {TOO_MUCH_MORE} times the last invoice",
            last is None or invoice.total_cents <= TOO_MUCH_MORE * last,
            needed=False,
        ),
    ]


def failed(invoice: Invoice) -> list[Check]:
    """The checks that a closed draft does not pass; each is named by what is wrong."""
    return [check for check in checks(invoice) if not check.holds]


def _last_cents(invoice: Invoice) -> int | None:
    """What the office's invoice of the same type before this one came to."""
    before = select(Invoice.total_cents).where(
        Invoice.office_id == invoice.office_id,
        Invoice.invoice_type == invoice.invoice_type,
        Invoice.document_state == DocumentState.ISSUED,
        Invoice.id != invoice.id,
    )
    return db.session.scalar(before.order_by(Invoice.billing_period_start.desc(), Invoice.id.desc()).limit(1))


def approve(invoice: Invoice, now: datetime) -> None:
    """A person's word that a closed draft is right: it is issued and sent in one step.

    Raises:
        NotClosed, NotApprovable
    """
    _need_closed(invoice)
    wrong = [check.name for check in failed(invoice) if check.needed]
    if wrong:
        raise NotApprovable(wrong)
    invoices.issue(invoice, on=firm.ours().day(now), now=now)


def approve_all(chosen: Sequence[Invoice], now: datetime) -> dict[int, DomainError | None]:
    """Approve several locked ones; gives, by id, the business's no where there was one. The others go out."""
    return {invoice.id: _attempt(invoice, now) for invoice in _by_office(chosen)}


def _attempt(invoice: Invoice, now: datetime) -> DomainError | None:
    """Nothing is changed before every check is made, so a no leaves nothing behind."""
    try:
        approve(invoice, now)
    except DomainError as error:
        return error
    return None


def _by_office(chosen: Sequence[Invoice]) -> list[Invoice]:
    """In the order in which number series are locked everywhere."""
    return sorted(chosen, key=lambda invoice: (invoice.office_id, invoice.id))


def approve_by_clock(chosen: Sequence[Invoice], now: datetime) -> int:
    """Issue those of these locked ones whose time has come and that pass every check; says how many."""
    due = [invoice for invoice in _by_office(chosen) if is_due(invoice, now) and not failed(invoice)]
    for invoice in due:
        invoices.issue(invoice, on=firm.ours().day(now), now=now, by_clock=True)
    return len(due)


def is_due(invoice: Invoice, now: datetime) -> bool:
    closed = invoice.document_state is DocumentState.CLOSED
    return closed and invoice.approve_at is not None and invoice.approve_at <= now


def due(now: datetime, after: int, limit: int) -> Sequence[Invoice]:
    """Locked, by id: the closed drafts past the id `after` that the clock may approve by now."""
    ready = Invoice.document_state == DocumentState.CLOSED, Invoice.approve_at <= now, Invoice.id > after
    return db.session.scalars(
        select(Invoice).where(*ready).order_by(Invoice.id).limit(limit).with_for_update()
    ).all()


def set_clock() -> bool:
    """Say of closed months' drafts, a few hundred at a time, when the clock approves them; whether there
    were any. Reissued and returned ones wait for a person, one that is sent back at this moment included.
    """
    days = firm.ours().approval_days
    fresh = {} if days is None else _unclocked()
    for closed_at, ids in fresh.items():
        at = closed_at + timedelta(days=days or 0)
        db.session.execute(update(Invoice).where(Invoice.id.in_(ids), *UNCLOCKED).values(approve_at=at))
    return bool(fresh)


def _unclocked() -> dict[datetime, list[int]]:
    """When a cycle was closed, and the drafts closed then that have no time yet; at most a few hundred."""
    fresh = select(BillingCycle.closed_at, Invoice.id).join(BillingCycle, BillingCycle.id == Invoice.cycle_id)
    fresh = fresh.where(*UNCLOCKED, BillingCycle.closed_at.is_not(None))
    found: dict[datetime, list[int]] = {}
    for closed_at, invoice_id in db.session.execute(fresh.order_by(Invoice.id).limit(STEP)):
        if closed_at is not None:
            found.setdefault(closed_at, []).append(invoice_id)
    return found


def send_back(invoice: Invoice, reason: str, now: datetime) -> None:
    """Keep a closed draft from going out until billing has added what is missing and a person approves it.
    The reason is added to its note.

    Raises:
        NotClosed
        Invalid: no reason.
    """
    _need_closed(invoice)
    if not reason.strip():
        raise Invalid("reason", "Say what is to be put right.")
    invoice.note = "\n".join(filter(None, [invoice.note, reason.strip()]))
    invoice.returned_at, invoice.approve_at = now, None
    invoice.updated_at = now
    audit.record(Action.INVOICE_RETURNED, invoice)


def _need_closed(invoice: Invoice) -> None:
    if invoice.document_state is not DocumentState.CLOSED:
        raise NotClosed
