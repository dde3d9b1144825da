"""Drafts of the monthly invoice: made with a cycle's first charge, grown by the ledger, closed with the
cycle (BIL-04).

A draft has no lines of its own from the ledger until it is closed: they are counted, so a draft is never
wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, Text, case, cast, func, literal, or_, select, update
from sqlalchemy import insert as insert_plain

from dashboard import audit
from dashboard.audit import Action
from dashboard.billing.periods import AnyCycle
from dashboard.extensions import UtcDateTime, Word, db
from dashboard.many import among, random_reference, sent
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
from dashboard.models.invoice import LIVE_MONTHLY
from dashboard.outbound import Wording
from dashboard.unit import insert

SIGN = case((Charge.turn % 2 == 0, 1), else_=-1)
ITS_NEWEST = (
    select(Invoice.void_reason)
    .where(Invoice.office_id == BillingCycle.office_id, Invoice.cycle_id == BillingCycle.id)
    .order_by(Invoice.id.desc())
    .limit(1)
)
IS_WRITTEN_OFF = ITS_NEWEST.correlate(BillingCycle).scalar_subquery().is_not(None)
"""Whether a person voided a cycle's invoice and did not have it reissued: nobody is asked for its charges."""
FACTS = ("item_type", "wording", "service_month", "quantity", "unit_cents")
LINE = {name: InvoiceLineItem.__table__.c[name].type for name in ("invoice_id", *FACTS)}


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


def lines(cycle: AnyCycle) -> list[Line]:
    """What the ledger puts on the invoice of this cycle: its own charges, then what was settled late."""
    return lines_of([cycle])[cycle.id]


def lines_of(cycles: Sequence[AnyCycle]) -> dict[int, list[Line]]:
    """The ledger's lines of each of these cycles, by the cycle's id."""
    found: dict[int, list[Line]] = {cycle.id: _own(cycle, count) for cycle, count in _counts(cycles)}
    for settled_in, line in _late(cycles):
        found[settled_in].append(line)
    return found


def totals(cycles: Sequence[AnyCycle]) -> dict[int, int]:
    """What each of these cycles' drafts comes to now, in cents, by the cycle's id."""
    counted, drafts = lines_of(cycles), _drafts([cycle.id for cycle in cycles])
    by_hand = _totals_by_hand(drafts.values())
    return {
        cycle_id: by_hand.get(draft, 0) + sum(line.total_cents for line in counted[cycle_id])
        for cycle_id, draft in drafts.items()
    }


def _own(cycle: AnyCycle, count: int) -> list[Line]:
    if not count or not cycle.cents:
        return []
    wording = Wording.PATIENT_ACTIVATIONS
    return [Line(ItemType.PATIENT_ACTIVATION, wording, cycle.start, count, cycle.cents)]


def _counts(cycles: Sequence[AnyCycle]) -> list[tuple[AnyCycle, int]]:
    """How many patients each cycle charges on its own invoice; those of 0 cents stand on no line."""
    ids = [cycle.id for cycle in cycles]
    own = func.sum(SIGN).filter(Charge.settled_in == Charge.cycle_id, Charge.cents > 0)
    counted = select(Charge.cycle_id, own).where(among(Charge.cycle_id, ids)).group_by(Charge.cycle_id)
    by_cycle = {cycle_id: int(count or 0) for cycle_id, count in db.session.execute(counted)}
    return [(cycle, by_cycle.get(cycle.id, 0)) for cycle in cycles]


def _late(cycles: Sequence[AnyCycle]) -> list[tuple[int, Line]]:
    """What was told after its cycle had ended: missing charges and charges not owed, a line a month of
    service. What nobody was asked for is not given back.
    """
    ids = [cycle.id for cycle in cycles]
    late = (among(Charge.settled_in, ids), Charge.settled_in != Charge.cycle_id, Charge.cents > 0)
    net = func.sum(SIGN).label("net")
    each = select(Charge.settled_in, Charge.cycle_id, func.max(Charge.cents).label("cents"), net)
    each = each.where(*late).group_by(Charge.settled_in, Charge.cycle_id, Charge.patient_id).having(net != 0)
    told = each.subquery()
    counted = select(told.c.settled_in, BillingCycle.start, told.c.cents, told.c.net, func.count())
    counted = counted.join(BillingCycle, BillingCycle.id == told.c.cycle_id)
    counted = counted.where(or_(told.c.net > 0, ~IS_WRITTEN_OFF))
    counted = counted.group_by(told.c.settled_in, BillingCycle.start, told.c.cents, told.c.net)
    ordered = counted.order_by(told.c.settled_in, BillingCycle.start, told.c.net.desc())
    return [(row[0], _late_line(*row[1:])) for row in db.session.execute(ordered)]


def _late_line(month: date, cents: int, net: int, count: int) -> Line:
    if net > 0:
        return Line(ItemType.ADJUSTMENT, Wording.ADJUSTMENT, month, count, cents)
    return Line(ItemType.CREDIT, Wording.CREDIT, month, count, -cents)


def begin(cycles: Collection[AnyCycle], now: datetime) -> None:
    """Make the drafts of these cycles, once each."""
    if not cycles:
        return
    cycle = BillingCycle.__table__.c
    values = {
        "ref": random_reference(),
        "office_id": cycle.office_id,
        "invoice_type": literal(InvoiceType.MONTHLY, Word(InvoiceType)),
        "cycle_id": cycle.id,
        "billing_period_start": cycle.start,
        "billing_period_end": cycle.end,
        "entry_key": literal("cycle:").concat(cast(cycle.id, Text)),
        "created_at": literal(now, UtcDateTime()),
        "updated_at": literal(now, UtcDateTime()),
    }
    drafts = select(*values.values()).where(among(cycle.id, [each.id for each in cycles]))
    once = insert(db.session(), Invoice.__table__).from_select(list(values), drafts)
    db.session.execute(once.on_conflict_do_nothing(index_elements=["cycle_id"], index_where=LIVE_MONTHLY))


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing led to: each ended cycle's total in cents, by its id; less than nothing is owed back."""

    totals: Mapping[int, int]

    @property
    def payable(self) -> list[int]:
        """The totals, in cents, of the invoices that wait for approval now."""
        return [total for total in self.totals.values() if total > 0]


def close(ended: Sequence[tuple[Office, AnyCycle]], now: datetime) -> Closed:
    """End these cycles: write the lines of their drafts, which grow no longer (BIL-04, BIL-06).

    Nothing to pay: no invoice, but the cycle is closed and audited all the same. More credited than
    charged: the rest is owed back, on the next draft.
    """
    counted = lines_of([cycle for _, cycle in ended])
    totals = _close_drafts(counted, now)
    cycle = BillingCycle.__table__
    db.session.execute(update(cycle).where(among(cycle.c.id, counted)).values(closed_at=now))
    audit.record_all(
        Action.CYCLE_CLOSED,
        [(office, _summary(cycle, counted[cycle.id], totals.get(cycle.id, 0))) for office, cycle in ended],
    )
    return Closed(totals)


def _summary(cycle: AnyCycle, lines: Sequence[Line], total: int) -> dict[str, int]:
    charges = sum(line.quantity for line in lines)
    return {"number": cycle.number, "cents": max(0, total), "charges": charges}


def _close_drafts(counted: Mapping[int, Sequence[Line]], now: datetime) -> dict[int, int]:
    """Write the lines of these cycles' drafts; gives the totals in cents, by the cycle's id."""
    drafts = _drafts(counted, lock=True)
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
    told = sent({"id": BigInteger(), "total": BigInteger(), "state": Text()}, _ends(drafts)).c
    ended = update(table).where(table.c.id == told.id)
    ended = ended.values(
        total_cents=told.total, document_state=told.state, updated_at=now, version=table.c.version + 1
    )
    session.execute(ended)
    for invoice in [each for each in session.identity_map.values() if isinstance(each, Invoice)]:
        if invoice.id in drafts:
            session.expire(invoice)


def _ends(drafts: Mapping[int, int]) -> Iterator[tuple[int, int, str]]:
    """Each draft's id, its total in cents, and what becomes of it."""
    for draft, total in drafts.items():
        yield draft, total, DocumentState.CLOSED if total > 0 else DocumentState.VOID


def give_back(owed: Mapping[int, int], opened: Sequence[AnyCycle], now: datetime) -> None:
    """Put what each office (by id) is owed back, in cents, on the draft of its cycle as a credit."""
    cycles = {cycle.id: cycle for cycle in opened if cycle.office_id in owed}
    lines = []
    for cycle_id, draft in _drafts(cycles).items():
        cycle = cycles[cycle_id]
        lines.append((draft, Line(ItemType.CREDIT, Wording.CREDIT, cycle.start, 1, -owed[cycle.office_id])))
    _write(lines, now)


def _drafts(cycle_ids: Collection[int], *, lock: bool = False) -> dict[int, int]:
    """The ids of these cycles' drafts, by the cycle's id; locked, no line joins them until the unit ends."""
    if not cycle_ids:
        return {}
    ours = select(Invoice.cycle_id, Invoice.id).where(
        among(Invoice.cycle_id, cycle_ids), Invoice.document_state == DocumentState.DRAFT
    )
    ours = ours.with_for_update() if lock else ours
    return {row[0]: row[1] for row in db.session.execute(ours) if row[0] is not None}


def _totals_by_hand(drafts: Collection[int]) -> dict[int, int]:
    """What the lines that these drafts have already come to, in cents, by the draft's id."""
    total = func.sum(InvoiceLineItem.total_cents)
    lines = select(InvoiceLineItem.invoice_id, total).group_by(InvoiceLineItem.invoice_id)
    lines = lines.where(among(InvoiceLineItem.invoice_id, drafts))
    return {row[0]: int(row[1]) for row in db.session.execute(lines)}


def _write(lines: Sequence[tuple[int, Line]], now: datetime) -> None:
    """Put these lines on the drafts whose ids stand beside them."""
    if not lines:
        return
    told = sent(LINE, ((draft, *(getattr(line, name) for name in FACTS)) for draft, line in lines)).c
    values = dict(told) | {"total_cents": told.quantity * told.unit_cents}
    values |= {"ref": random_reference(), "created_at": literal(now, UtcDateTime())}
    written = insert_plain(InvoiceLineItem.__table__)
    db.session.execute(written.from_select(list(values), select(*values.values())))
