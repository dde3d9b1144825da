"""What the books know of: issued invoices and paid orders, and which periods they are for (spec REV-01).

An invoice's days are its office's, an order's the firm's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select

from dashboard.billing import firm
from dashboard.billing.lines import OWED_ON_TOP
from dashboard.billing.recognition import NEVER, Part, Reversal, on_day, recognized
from dashboard.catalog import BY_SLUG
from dashboard.cycles import boundary
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    CreditNote,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    MoneyState,
    Office,
    Order,
    OrderStatus,
    PaymentState,
    PaymentStatus,
    Refund,
    Todo,
)

INVOICE, ORDER = "invoice", "order"
RECEIVED = (
    PaymentStatus.PAID,
    PaymentStatus.PARTIALLY_REFUNDED,
    PaymentStatus.REFUNDED,
    PaymentStatus.DISPUTED,
)
LONGEST = max(service.covers_months or 1 for service in BY_SLUG.values())
SETTLED = (PaymentState.PAID, PaymentState.REFUNDED, PaymentState.DISPUTED)
KEPT_CENTS = Invoice.amount_paid_cents - Invoice.amount_refunded_cents
OPEN_CENTS = Invoice.total_cents - Invoice.amount_credited_cents - KEPT_CENTS
HEAD = (
    Invoice.id,
    Invoice.number,
    Invoice.office_id,
    Invoice.issued_at,
    Invoice.document_state,
    Invoice.payment_state.in_(SETTLED).label("is_settled"),
    OPEN_CENTS.label("open_cents"),
    Invoice.updated_at,
    Office.time_zone,
)
ENDED = (OrderStatus.COMPLETED, OrderStatus.CANCELED)
REFUNDED = Refund.state.not_in((MoneyState.FAILED, MoneyState.REVERSED))
Given = list[tuple[datetime, int]]


@dataclass(frozen=True, slots=True)
class Source:
    """One document, its parts and what was given back of it; a void one is nothing from `voided_on` on."""

    kind: str
    id: int
    name: str
    office_id: int | None
    told_on: date
    parts: tuple[Part, ...]
    reversals: tuple[Reversal, ...] = ()
    voided_on: date = NEVER

    @property
    def begins(self) -> date:
        """The first day on which it is in the books."""
        return min([self.told_on, *(part.start for part in self.parts)])

    def recognized(self, by: date) -> int:
        """Cents that are revenue before the day `by`."""
        return 0 if self.voided_on < by else recognized(self.parts, self.reversals, by)

    def total(self, by: date) -> int:
        """Cents that it is worth before the day `by`, earned or not."""
        if self.voided_on < by or self.begins >= by:
            return 0
        given_back = sum(each.cents for each in self.reversals if each.on < by)
        return sum(part.cents for part in self.parts) - given_back

    def deferred(self, by: date) -> int:
        """Cents that are not earned yet before the day `by`."""
        return self.total(by) - self.recognized(by)


def sources(since: date | None = None) -> list[Source]:
    """Every document; or, quicker over years of them, those that matter to the books from a day on."""
    return [*_invoices(since), *_orders(since)]


def _invoices(since: date | None) -> Iterator[Source]:
    """What is for earlier periods and was not touched since is in the books already."""
    issued: list[Any] = [Invoice.issued_at.is_not(None)]
    if since is not None:
        changed = _anywhere_on(since)
        issued.append(or_(Invoice.billing_period_end > since, Invoice.updated_at >= changed))
    wanted = select(*HEAD).join(Office, Office.id == Invoice.office_id).where(*issued)
    lines, notes, refunds = _lines(issued), _given(CreditNote, issued), _given(Refund, issued, REFUNDED)
    for invoice in db.session.execute(wanted.order_by(Invoice.id)):
        zone = ZoneInfo(invoice.time_zone)
        issued_on = invoice.issued_at.astimezone(zone).date()
        is_void = invoice.document_state is DocumentState.VOID
        given_back = notes[invoice.id] + _taken_out(invoice, refunds[invoice.id])
        yield Source(
            INVOICE,
            invoice.id,
            invoice.number or "",
            invoice.office_id,
            issued_on,
            tuple(_part(line, issued_on) for line in lines[invoice.id]),
            tuple(Reversal(at.astimezone(zone).date(), cents) for at, cents in given_back),
            invoice.updated_at.astimezone(zone).date() if is_void else NEVER,
        )


def _lines(issued: Sequence[Any]) -> Mapping[int, list[Any]]:
    """Each invoice's lines, with the end of the cycle that a line's service month began; without what asks
    for a refund's money back, which is nobody's revenue.
    """
    cycle = and_(
        BillingCycle.office_id == Invoice.office_id, BillingCycle.start == InvoiceLineItem.service_month
    )
    wanted = select(
        InvoiceLineItem.invoice_id,
        InvoiceLineItem.total_cents.label("cents"),
        InvoiceLineItem.service_month.label("start"),
        BillingCycle.end,
    )
    wanted = wanted.join(Invoice, Invoice.id == InvoiceLineItem.invoice_id).join(
        BillingCycle, cycle, isouter=True
    )
    is_money_back = func.coalesce(InvoiceLineItem.entry_key, "").startswith(OWED_ON_TOP)
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for line in db.session.execute(wanted.where(*issued, ~is_money_back).order_by(InvoiceLineItem.id)):
        found[line.invoice_id].append(line)
    return found


def _part(line: Any, issued_on: date) -> Part:
    """A line's service period: its month's cycle; what is for no month is earned when it is issued."""
    if line.start is None:
        return on_day(line.cents, issued_on)
    return Part(line.cents, line.start, line.end or boundary(line.start, 1))


def _given(table: type[CreditNote] | type[Refund], issued: Sequence[Any], *which: Any) -> Mapping[int, Given]:
    """What was given back of each invoice: when and how much."""
    wanted = select(table.invoice_id, table.created_at, table.amount_cents)
    wanted = wanted.join(Invoice, Invoice.id == table.invoice_id).where(*issued, *which)
    found: defaultdict[int, Given] = defaultdict(list)
    for invoice_id, at, cents in db.session.execute(wanted):
        found[invoice_id].append((at, cents))
    return found


def _taken_out(invoice: Any, refunds: Given) -> Given:
    """So much of the refunds, the newest first, as nobody is asked for again: while an invoice is open what
    was refunded is owed, and what was paid anew makes good for it.
    """
    left = max(0, invoice.open_cents) if invoice.is_settled else 0
    found: Given = []
    for at, cents in sorted(refunds, reverse=True):
        found.append((at, min(cents, left)))
        left -= found[-1][1]
    return found


def _anywhere_on(day: date) -> datetime:
    """An instant before which no office has this day."""
    return datetime.combine(day, time(), UTC) - timedelta(days=1)


def _orders(since: date | None) -> Iterator[Source]:
    """Paid orders, with the time at which their work was done. What was earned before is in the books."""
    done = and_(Todo.order_id == Order.id, Todo.key == "fulfil:" + Order.order_number)
    wanted = select(Order, Todo.finished_at).join(Todo, done, isouter=True)
    wanted = wanted.where(
        Order.paid_at.is_not(None), Order.payment_status.in_(RECEIVED), Order.amount_cents > 0
    )
    if since is not None:
        wanted = wanted.where(_unearned(since))
    for order, finished_at in db.session.execute(wanted.order_by(Order.id)):
        yield _order(order, finished_at)


def _unearned(since: date) -> ColumnElement[bool]:
    """What may be earned from a day on, by its period or by its work, or was touched since."""
    changed = _anywhere_on(since)
    return or_(
        Order.paid_at >= _anywhere_on(boundary(since, -LONGEST)),
        and_(Order.billing_interval.is_(None), Order.status.not_in(ENDED)),
        *(at >= changed for at in (Order.updated_at, Order.canceled_at, Todo.finished_at)),
    )


def _order(order: Order, finished_at: datetime | None) -> Source:
    assert order.paid_at is not None
    day, cents = firm.ours().day, order.amount_cents + order.surcharge_cents
    refunded = (Reversal(day(order.updated_at), cents),)
    return Source(
        ORDER,
        order.id,
        order.order_number,
        order.office_id,
        day(order.paid_at),
        (_order_part(order, cents, finished_at),),
        refunded if order.payment_status is PaymentStatus.REFUNDED else (),
    )


def _order_part(order: Order, cents: int, finished_at: datetime | None) -> Part:
    """A subscription is earned over its paid month, the bundle over its year, the rest when it is done."""
    assert order.paid_at is not None
    paid_on, service = firm.ours().day(order.paid_at), BY_SLUG.get(order.service_slug)
    months = 1 if order.billing_interval else service.covers_months if service else None
    if months:
        return Part(cents, paid_on, boundary(paid_on, months))
    ended = {
        OrderStatus.COMPLETED: finished_at or order.updated_at,
        OrderStatus.CANCELED: order.canceled_at or order.updated_at,
    }.get(order.status)
    return on_day(cents, firm.ours().day(ended) if ended else NEVER)
