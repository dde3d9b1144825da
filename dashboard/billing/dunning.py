"""Reminding an office of an invoice, step by step, until it is paid (spec DUN-01).

It starts at the first failed attempt to pay or at the due date, whichever comes first, with a nudge.
Reminders follow 3, 7 and 14 days later, then a todo to call. After days that were missed one reminder goes,
not all of them. Days are the office's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select

from dashboard import audit, notifications, todos
from dashboard.audit import Action
from dashboard.billing import firm
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import (
    DocumentState,
    Dunning,
    DunningState,
    Invoice,
    Office,
    PaymentState,
    Priority,
    TodoCategory,
)
from dashboard.money import dollars
from dashboard.rows import added_once

LADDER = (3, 7, 14)
CALL_WITHIN = timedelta(days=2)
LONGEST_PROMISE = timedelta(days=90)
OWING = (PaymentState.UNPAID, PaymentState.FAILED)


class NotReminded(DomainError):
    """No reminders of this invoice are on their way."""

    code = "NOT_REMINDED"

    def __init__(self) -> None:
        super().__init__("No reminders of this invoice are going out, so there is nothing to change.")


def due(now: datetime) -> list[int]:
    """The ids of the invoices that `take` may have something to do for at `now` (UTC)."""
    latest = now.date() + timedelta(days=1)
    sent = (Invoice.document_state == DocumentState.ISSUED) & Invoice.sent_at.is_not(None)
    owed = sent & Invoice.payment_state.in_(OWING)
    late = or_(Invoice.due_date <= latest, Invoice.payment_state == PaymentState.FAILED)
    begins = and_(owed, late, or_(Dunning.id.is_(None), Dunning.state == DunningState.ENDED))
    follows = or_(Dunning.next_on <= latest, Dunning.promised_on < latest, ~owed)
    goes_on = and_(Dunning.state != DunningState.ENDED, follows)
    wanted = select(Invoice.id).join(Dunning, Dunning.invoice_id == Invoice.id, isouter=True)
    return list(db.session.scalars(wanted.where(or_(begins, goes_on)).order_by(Invoice.id)))


def take(invoice: Invoice, now: datetime) -> None:
    """Do what is due for an invoice: begin, remind, ask for a call, or end. Harmless to repeat."""
    today, dunning = _today(invoice, now), of(invoice)
    if not is_owed(invoice):
        if dunning and dunning.state is not DunningState.ENDED:
            _change(invoice, dunning, DunningState.ENDED)
    elif dunning is None or dunning.state is DunningState.ENDED:
        if invoice.payment_state is PaymentState.FAILED or (invoice.due_date and invoice.due_date <= today):
            begin(invoice, now)
    elif _may_go_on(dunning, today):
        _remind(invoice, dunning, today, now)


def begin(invoice: Invoice, now: datetime) -> Dunning:
    """Start reminding today; said at a first failed attempt too. The nudge goes once an invoice."""
    today = _today(invoice, now)
    fresh = Dunning(invoice_id=invoice.id, state=DunningState.RUNNING, started_on=today, created_at=now)
    dunning, is_new = added_once(fresh, by="invoice_id")
    if is_new or dunning.state is DunningState.ENDED:
        dunning.started_on, dunning.step, dunning.promised_on = today, 0, None
        dunning.next_on = today + timedelta(days=LADDER[0])
        _change(invoice, dunning, DunningState.RUNNING)
        _tell(invoice, f"nudge:{invoice.ref}", now)
    return dunning


def pause(invoice: Invoice) -> None:
    """Send nothing until somebody resumes.

    Raises:
        NotReminded: there is nothing to pause.
    """
    _change(invoice, _live(invoice), DunningState.PAUSED)


def resume(invoice: Invoice) -> None:
    """Go on with what is due by now.

    Raises:
        NotReminded: there is nothing to go on with.
    """
    dunning = _live(invoice)
    dunning.promised_on = None
    _change(invoice, dunning, DunningState.RUNNING)


def promise(invoice: Invoice, on: date, now: datetime) -> None:
    """Send nothing before the day after `on` (the office's), by which the office said that it would pay.

    Raises:
        NotReminded, Invalid: there is nothing to stop; a day in the past, or more than 90 days ahead.
    """
    dunning, today = _live(invoice), _today(invoice, now)
    if not today <= on <= today + LONGEST_PROMISE:
        raise Invalid("promised_on", "Give a day from today on, at most 90 days ahead.")
    dunning.promised_on = on
    _change(invoice, dunning, DunningState.PROMISED)


def of(invoice: Invoice) -> Dunning | None:
    """How far the reminders of an invoice are; None where none ever went."""
    return db.session.scalar(select(Dunning).where(Dunning.invoice_id == invoice.id))


def is_owed(invoice: Invoice) -> bool:
    """Whether the office may still be asked to pay: of a payment on its way, or an invoice that was not sent
    yet, nobody is reminded.
    """
    return invoice.sent_at is not None and invoice.payment_state in OWING and invoice.rest_cents > 0


def _live(invoice: Invoice) -> Dunning:
    dunning = of(invoice)
    if dunning is None or dunning.state is DunningState.ENDED:
        raise NotReminded
    return dunning


def _may_go_on(dunning: Dunning, today: date) -> bool:
    """Whether the next step is due; a promise that was not kept counts no longer."""
    if dunning.state is DunningState.PROMISED and dunning.promised_on and dunning.promised_on < today:
        dunning.state = DunningState.RUNNING
    is_running = dunning.state is DunningState.RUNNING
    return is_running and dunning.next_on is not None and dunning.next_on <= today


def _remind(invoice: Invoice, dunning: Dunning, today: date, now: datetime) -> None:
    days = (today - dunning.started_on).days
    dunning.step = sum(each <= days for each in LADDER)
    is_last = dunning.step == len(LADDER)
    dunning.next_on = None if is_last else dunning.started_on + timedelta(days=LADDER[dunning.step])
    _tell(invoice, f"reminder:{invoice.ref}:{dunning.started_on}:{dunning.step}", now)
    if is_last:
        _ask_for_call(invoice, dunning, now)
    _change(invoice, dunning, DunningState.RUNNING)


def _tell(invoice: Invoice, key: str, now: datetime) -> None:
    email = _office(invoice).billing_email
    if email:
        notifications.tell("invoice_reminder", to=email, key=key, now=now, invoice=invoice)


def _ask_for_call(invoice: Invoice, dunning: Dunning, now: datetime) -> None:
    zone = firm.ours().zone
    todos.open_once(
        key=f"call:{invoice.ref}:{dunning.started_on}",
        title=f"Call the office about invoice {invoice.number}",
        category=TodoCategory.BILLING,
        priority=Priority.HIGH,
        due_at=todos.due_instant(todos.day_of(now + CALL_WITHIN, zone), zone),
        description=f"{dollars(invoice.rest_cents)} is still open after {len(LADDER)} reminders.",
        now=now,
    )


def _change(invoice: Invoice, dunning: Dunning, state: DunningState) -> None:
    dunning.state = state
    if state is DunningState.ENDED:
        dunning.next_on = dunning.promised_on = None
    audit.record(Action.DUNNING_CHANGED, invoice, changes={"step": dunning.step, "state": state.value})


def _today(invoice: Invoice, now: datetime) -> date:
    return now.astimezone(ZoneInfo(_office(invoice).time_zone)).date()


def _office(invoice: Invoice) -> Office:
    return db.session.get_one(Office, invoice.office_id)


def listed(limit: int = 200) -> Sequence[tuple[Dunning, Invoice]]:
    """What is being reminded of or waits, the next step first."""
    wanted = select(Dunning, Invoice).join(Invoice, Invoice.id == Dunning.invoice_id)
    wanted = wanted.where(Dunning.state != DunningState.ENDED).order_by(Dunning.next_on, Dunning.id)
    return [(row.Dunning, row.Invoice) for row in db.session.execute(wanted.limit(limit))]
