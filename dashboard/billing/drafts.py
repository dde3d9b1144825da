"""Drafts of the monthly invoice: made with a cycle's first charge, grown by the ledger, closed with the
cycle (BIL-04).

A draft has no lines of its own from the ledger until it is closed: they are counted, so a draft is never
wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, case, func, select, update
from sqlalchemy import insert as insert_plain

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


def totals(cycles: Sequence[BillingCycle]) -> dict[int, int]:
    """What each of these cycles' drafts comes to now, in cents, by the cycle's id."""
    counted, drafts = lines_of(cycles), _drafts([cycle.id for cycle in cycles])
    by_hand = _totals_by_hand(drafts.values())
    return {
        cycle_id: by_hand.get(draft, 0) + sum(line.total_cents for line in counted[cycle_id])
        for cycle_id, draft in drafts.items()
    }


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
        once = insert(session, Invoice.__table__).on_conflict_do_nothing(
            index_elements=["cycle_id"], index_where=LIVE_MONTHLY
        )
        session.connection().execute(once, rows)


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing led to: each ended cycle's total in cents, by its id; less than nothing is owed back."""

    totals: Mapping[int, int]

    @property
    def payable(self) -> list[int]:
        """The totals, in cents, of the invoices that wait for approval now."""
        return [total for total in self.totals.values() if total > 0]


def close(ended: Sequence[tuple[Office, BillingCycle]], now: datetime) -> Closed:
    """End these cycles: write the lines of their drafts, which grow no longer (BIL-04, BIL-06).

    Nothing to pay: no invoice, but the cycle is closed and audited all the same. More credited than
    charged: the rest is owed back, on the next draft.
    """
    counted = lines_of([cycle for _, cycle in ended])
    totals = _close_drafts(counted, now)
    over = update(BillingCycle).where(BillingCycle.id.in_(counted))
    db.session.execute(over.values(closed_at=now))
    audit.record_all(
        Action.CYCLE_CLOSED,
        [(office, _summary(cycle, counted[cycle.id], totals.get(cycle.id, 0))) for office, cycle in ended],
    )
    return Closed(totals)


def _summary(cycle: BillingCycle, lines: Sequence[Line], total: int) -> dict[str, int]:
    charges = sum(line.quantity for line in lines)
    return {"number": cycle.number, "cents": max(0, total), "charges": charges}


def _close_drafts(counted: Mapping[int, Sequence[Line]], now: datetime) -> dict[int, int]:
    """Write the lines of these cycles' drafts; gives the totals in cents, by the cycle's id."""
    drafts = _drafts(counted)
    by_hand = _totals_by_hand(drafts.values())
    totals = {
        cycle_id: by_hand.get(draft, 0) + sum(line.total_cents for line in counted[cycle_id])
        for cycle_id, draft in drafts.items()
    }
    _write([(draft, line) for cycle_id, draft in drafts.items() for line in counted[cycle_id]], now)
    _end({draft: totals[cycle_id] for cycle_id, draft in drafts.items()}, now)
    return totals


def _end(drafts: Mapping[int, int], now: datetime) -> None:
    """Close these drafts (by id) with their totals in cents, in one statement; a session forgets its own."""
    if not drafts:
        return
    session = db.session()
    table = Invoice.__table__
    ended = update(table).where(table.c.id == bindparam("draft"))
    ended = ended.values(
        total_cents=bindparam("total"),
        document_state=bindparam("state"),
        updated_at=now,
        version=table.c.version + 1,
    )
    rows = [
        {"draft": draft, "total": total, "state": DocumentState.CLOSED if total > 0 else DocumentState.VOID}
        for draft, total in drafts.items()
    ]
    session.connection().execute(ended, rows)
    for invoice in [each for each in session.identity_map.values() if isinstance(each, Invoice)]:
        if invoice.id in drafts:
            session.expire(invoice)


def give_back(owed: Mapping[int, int], opened: Sequence[BillingCycle], now: datetime) -> None:
    """Put what each office (by id) is owed back, in cents, on the draft of its cycle as a credit."""
    cycles = {cycle.id: cycle for cycle in opened if cycle.office_id in owed}
    lines = []
    for cycle_id, draft in _drafts(cycles).items():
        cycle = cycles[cycle_id]
        lines.append((draft, Line(ItemType.CREDIT, Wording.CREDIT, cycle.start, 1, -owed[cycle.office_id])))
    _write(lines, now)


def _drafts(cycle_ids: Collection[int]) -> dict[int, int]:
    """The ids of these cycles' drafts, by the cycle's id."""
    if not cycle_ids:
        return {}
    ours = select(Invoice.cycle_id, Invoice.id).where(
        Invoice.cycle_id.in_(cycle_ids), Invoice.document_state == DocumentState.DRAFT
    )
    return {row[0]: row[1] for row in db.session.execute(ours) if row[0] is not None}


def _totals_by_hand(drafts: Collection[int]) -> dict[int, int]:
    """What the lines that these drafts have already come to, in cents, by the draft's id."""
    total = func.sum(InvoiceLineItem.total_cents)
    lines = select(InvoiceLineItem.invoice_id, total).group_by(InvoiceLineItem.invoice_id)
    lines = lines.where(InvoiceLineItem.invoice_id.in_(drafts))
    return {row[0]: int(row[1]) for row in db.session.execute(lines)}


def _write(lines: Sequence[tuple[int, Line]], now: datetime) -> None:
    """Put these lines on the drafts whose ids stand beside them."""
    rows = [
        {
            "ref": new_reference(),
            "invoice_id": draft,
            "item_type": line.item_type,
            "wording": line.wording.value,
            "service_month": line.service_month,
            "quantity": line.quantity,
            "unit_cents": line.unit_cents,
            "total_cents": line.total_cents,
            "created_at": now,
        }
        for draft, line in lines
    ]
    if rows:
        db.session.connection().execute(insert_plain(InvoiceLineItem.__table__), rows)
