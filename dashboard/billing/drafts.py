"""Drafts of the monthly invoice: made with a cycle's first charge, grown by the ledger, closed with the
cycle (BIL-04).

A draft has no lines of its own from the ledger until it is closed: they are counted, so a draft is never
wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    Charge,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    ItemType,
    Office,
)
from dashboard.models.base import new_reference
from dashboard.models.invoice import LIVE_MONTHLY
from dashboard.outbound import Wording
from dashboard.unit import insert

SIGN = case((Charge.turn % 2 == 0, 1), else_=-1)


@dataclass(frozen=True, slots=True)
class Line:
    """One line as the ledger makes it: a kind, a month of service, a count and a price in cents."""

    item_type: ItemType
    wording: Wording
    service_month: date
    quantity: int
    unit_cents: int

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents


def lines(cycle: BillingCycle) -> list[Line]:
    """What the ledger puts on the invoice of this cycle: its own charges, then what was settled late."""
    return lines_of([cycle])[cycle.id]


def lines_of(cycles: Sequence[BillingCycle]) -> dict[int, list[Line]]:
    """The ledger's lines of each of these cycles, by the cycle's id."""
    found: dict[int, list[Line]] = {cycle.id: _own(cycle, count) for cycle, count in _counts(cycles)}
    for settled_in, line in _late(cycles):
        found[settled_in].append(line)
    return found


def _own(cycle: BillingCycle, count: int) -> list[Line]:
    if not count or not cycle.cents:
        return []
    wording = Wording.PATIENT_ACTIVATIONS
    return [Line(ItemType.PATIENT_ACTIVATION, wording, cycle.start, count, cycle.cents)]


def _counts(cycles: Sequence[BillingCycle]) -> list[tuple[BillingCycle, int]]:
    """How many patients each cycle charges on its own invoice; those of 0 cents stand on no line."""
    ids = [cycle.id for cycle in cycles]
    own = (Charge.cycle_id.in_(ids), Charge.settled_in == Charge.cycle_id, Charge.cents > 0)
    counted = select(Charge.cycle_id, func.sum(SIGN)).where(*own).group_by(Charge.cycle_id)
    by_cycle = {cycle_id: int(count) for cycle_id, count in db.session.execute(counted)}
    return [(cycle, by_cycle.get(cycle.id, 0)) for cycle in cycles]


def _late(cycles: Sequence[BillingCycle]) -> list[tuple[int, Line]]:
    """What was told after its cycle had ended: missing charges and charges not owed, a line a month of
    service.
    """
    ids = [cycle.id for cycle in cycles]
    late = (Charge.settled_in.in_(ids), Charge.settled_in != Charge.cycle_id, Charge.cents > 0)
    net = func.sum(SIGN).label("net")
    each = select(Charge.settled_in, Charge.cycle_id, func.max(Charge.cents).label("cents"), net)
    each = each.where(*late).group_by(Charge.settled_in, Charge.cycle_id, Charge.patient_id).having(net != 0)
    told = each.subquery()
    counted = select(told.c.settled_in, BillingCycle.start, told.c.cents, told.c.net, func.count())
    counted = counted.join(BillingCycle, BillingCycle.id == told.c.cycle_id)
    counted = counted.group_by(told.c.settled_in, BillingCycle.start, told.c.cents, told.c.net)
    ordered = counted.order_by(told.c.settled_in, BillingCycle.start, told.c.net.desc())
    return [(row[0], _late_line(*row[1:])) for row in db.session.execute(ordered)]


def _late_line(month: date, cents: int, net: int, count: int) -> Line:
    if net > 0:
        return Line(ItemType.ADJUSTMENT, Wording.ADJUSTMENT, month, count, cents)
    return Line(ItemType.CREDIT, Wording.CREDIT, month, count, -cents)


def begin(cycles: Iterable[BillingCycle], now: datetime) -> None:
    """Make the drafts of these cycles, once each."""
    rows = [
        {
            "ref": new_reference(),
            "office_id": cycle.office_id,
            "invoice_type": InvoiceType.MONTHLY,
            "cycle_id": cycle.id,
            "billing_period_start": cycle.start,
            "billing_period_end": cycle.end,
            "entry_key": f"cycle:{cycle.id}",
            "created_at": now,
            "updated_at": now,
        }
        for cycle in cycles
    ]
    if rows:
        session = db.session()
        once = insert(session, Invoice).on_conflict_do_nothing(
            index_elements=["cycle_id"], index_where=LIVE_MONTHLY
        )
        session.execute(once, rows)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing left over: by the office's id, the cents that its credits exceed its charges by."""

    owed_back: Mapping[int, int]


def close(ended: Sequence[tuple[Office, BillingCycle]], now: datetime) -> Closed:
    """End these cycles: write the lines of their drafts, which grow no longer (BIL-04, BIL-06).

    Nothing to pay: no invoice, but the cycle is closed and audited all the same. More credited than
    charged: the rest is owed back, on the next draft.
    """
    cycles = [cycle for _, cycle in ended]
    counted, drafts = lines_of(cycles), _drafts(cycles)
    owed_back = {}
    for office, cycle in ended:
        cycle.closed_at = now
        total = _closed(drafts[cycle.id], counted[cycle.id], now) if cycle.id in drafts else 0
        if total < 0:
            owed_back[office.id] = -total
        charges = sum(line.quantity for line in counted[cycle.id])
        told = {"number": cycle.number, "cents": max(0, total), "charges": charges}
        audit.record(Action.CYCLE_CLOSED, office, changes=told)
    return Closed(owed_back)


def give_back(owed: Mapping[int, int], opened: Sequence[BillingCycle], now: datetime) -> None:
    """Put what is owed back on the drafts of these cycles, as a credit."""
    for cycle_id, invoice in _drafts([cycle for cycle in opened if cycle.office_id in owed]).items():
        month = next(cycle.start for cycle in opened if cycle.id == cycle_id)
        line = Line(ItemType.CREDIT, Wording.CREDIT, month, 1, -owed[invoice.office_id])
        db.session.add(_item(invoice, line, now))


def _drafts(cycles: Sequence[BillingCycle]) -> dict[int, Invoice]:
    ids = [cycle.id for cycle in cycles]
    ours = select(Invoice).where(Invoice.cycle_id.in_(ids), Invoice.document_state == DocumentState.DRAFT)
    return {invoice.cycle_id: invoice for invoice in db.session.scalars(ours) if invoice.cycle_id}


def _closed(invoice: Invoice, counted: Sequence[Line], now: datetime) -> int:
    """Write the lines; gives the total in cents. Where that is nothing, or less, there is no invoice."""
    by_hand = db.session.scalars(
        select(InvoiceLineItem.total_cents).where(InvoiceLineItem.invoice_id == invoice.id)
    )
    total = sum(by_hand) + sum(line.total_cents for line in counted)
    db.session.add_all(_item(invoice, line, now) for line in counted)
    invoice.total_cents, invoice.updated_at = total, now
    invoice.document_state = DocumentState.CLOSED if total > 0 else DocumentState.VOID
    return total


def _item(invoice: Invoice, line: Line, now: datetime) -> InvoiceLineItem:
    return InvoiceLineItem(
        invoice_id=invoice.id,
        item_type=line.item_type,
        wording=line.wording.value,
        service_month=line.service_month,
        quantity=line.quantity,
        unit_cents=line.unit_cents,
        total_cents=line.total_cents,
        created_at=now,
    )
