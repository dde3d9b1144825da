"""The books by month: what was recognized, what is deferred, and months closed for good (spec REV-01).

A month that is closed keeps its entries. Whatever becomes known later, a refund or a line for an old month,
is booked in the first month that is still open: there an entry is the difference between what is earned by
the month's end and what was booked before.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from sqlalchemy import func, select

from dashboard import actor, audit
from dashboard.audit import Action
from dashboard.billing import earnings, firm
from dashboard.billing.earnings import INVOICE, ORDER, Source
from dashboard.cycles import boundary
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.many import among
from dashboard.models import ClosedMonth, Invoice, Office, Order, RevenueEntry
from dashboard.money import plain

ReadSources = Callable[[date | None], Sequence[Source]]
RECOGNIZED = "recognized"
HEADINGS = ("date", "document", "office", "account", "debit", "credit")
DEFERRED_ACCOUNT, REVENUE_ACCOUNT = "Deferred revenue", "Revenue"


class MonthClosed(DomainError):
    """What was closed never changes."""

    code = "MONTH_CLOSED"

    def __init__(self, month: date) -> None:
        super().__init__(f"{month:%B %Y} is closed. What came later is booked in the first open month.")


@dataclass(frozen=True, slots=True)
class Entry:
    """What one document earned in the month, in cents. `office` is its code, where it has one."""

    kind: str
    source_id: int
    name: str
    office: str | None
    recognized_cents: int


@dataclass(frozen=True, slots=True)
class Report:
    """A month of the books: its entries, and what is deferred at its end, in cents."""

    month: date
    is_closed: bool
    entries: Sequence[Entry]
    recognized_cents: int
    deferred_cents: int


def report(month: date) -> Report:
    """The books of the month that begins on this day: as it was closed, or as things are now.

    Raises:
        Invalid: not the first day of a month.
    """
    return reports([month])[0]


def reports(months: Iterable[date]) -> list[Report]:
    """The books of several months, whose documents are read once for all of them.

    Raises:
        Invalid: one is not the first day of a month.
    """
    read = cache(earnings.sources)
    return [_report(month, read) for month in months]


def _report(month: date, read: ReadSources) -> Report:
    _check_month(month)
    closed = db.session.get(ClosedMonth, month)
    if closed:
        return Report(month, True, _kept(month), closed.recognized_cents, closed.deferred_cents)
    sources, booked = _known(month, read)
    offices = _codes()
    entries = [
        Entry(source.kind, source.id, source.name, offices.get(source.office_id or 0), cents)
        for source, cents in _earned(sources, booked, month)
    ]
    deferred = sum(source.deferred(_after(month)) for source in sources)
    return Report(month, False, entries, sum(each.recognized_cents for each in entries), deferred)


def close(month: date, now: datetime) -> Report:
    """Write the month's entries down for good. Months are closed one after the other.

    Raises:
        MonthClosed, Invalid: it is closed already; it is not over, or one before it is still open.
    """
    _check_may_close(month, now)
    found = report(month)
    db.session.add_all(_entry(each, month, now) for each in found.entries)
    closed = ClosedMonth(month=month, recognized_cents=found.recognized_cents, closed_at=now)
    closed.deferred_cents, closed.closed_by = found.deferred_cents, actor.current().name
    db.session.add(closed)
    told = {"recognized": found.recognized_cents, "deferred": found.deferred_cents}
    audit.record(Action.MONTH_CLOSED, changes={"month": month.isoformat(), **told})
    db.session.flush()
    return report(month)


def journal(found: Report) -> str:
    """The month as CSV for the bookkeeper: two lines a document that cancel out, dated its last day."""
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(HEADINGS)
    day = (_after(found.month) - timedelta(days=1)).isoformat()
    for each in found.entries:
        amount = plain(abs(each.recognized_cents))
        accounts = (DEFERRED_ACCOUNT, REVENUE_ACCOUNT)
        debit, credit = accounts if each.recognized_cents > 0 else reversed(accounts)
        lines.writerow([day, each.name, each.office or "", debit, amount, ""])
        lines.writerow([day, each.name, each.office or "", credit, "", amount])
    return written.getvalue()


def last_closed() -> ClosedMonth | None:
    """The newest month that is closed."""
    return db.session.scalar(select(ClosedMonth).order_by(ClosedMonth.month.desc()).limit(1))


def _after(month: date) -> date:
    return boundary(month, 1)


def _check_month(month: date) -> None:
    if month.day != 1:
        raise Invalid("month", "Give the first day of a month.")


def _check_may_close(month: date, now: datetime) -> None:
    _check_month(month)
    if db.session.get(ClosedMonth, month):
        raise MonthClosed(month)
    if firm.ours().day(now) < _after(month):
        raise Invalid("month", "This month is not over. Close it when it is.")
    last = last_closed()
    if last and month != _after(last.month):
        raise Invalid("month", f"Close {_after(last.month):%B %Y} first: months are closed in their order.")


def _known(month: date, read: ReadSources) -> tuple[Sequence[Source], Mapping[tuple[str, int], int] | None]:
    """The documents that may matter, and what was booked of each, if this is the first open month.

    What matters to no day since the last closed month matters to no open one: it is in the books.
    """
    last = last_closed()
    if last is None or month <= last.month:
        return read(None), None
    first_open = _after(last.month)
    sources = read(first_open)
    return sources, _booked(sources) if month == first_open else None


def _earned(
    sources: Sequence[Source], booked: Mapping[tuple[str, int], int] | None, month: date
) -> Iterator[tuple[Source, int]]:
    for source in sources:
        before = booked.get((source.kind, source.id), 0) if booked is not None else source.recognized(month)
        cents = source.recognized(_after(month)) - before
        if cents:
            yield source, cents


def _booked(sources: Sequence[Source]) -> Mapping[tuple[str, int], int]:
    """What closed months hold of each of these documents, in cents."""
    found: dict[tuple[str, int], int] = {}
    for kind in (INVOICE, ORDER):
        ids = [source.id for source in sources if source.kind == kind]
        kept = select(RevenueEntry.source_id, func.sum(RevenueEntry.cents)).group_by(RevenueEntry.source_id)
        kept = kept.where(RevenueEntry.source == kind, among(RevenueEntry.source_id, ids))
        found |= {(kind, source_id): int(cents) for source_id, cents in db.session.execute(kept)}
    return found


def _entry(each: Entry, month: date, now: datetime) -> RevenueEntry:
    return RevenueEntry(
        source=each.kind,
        source_id=each.source_id,
        month=month,
        kind=RECOGNIZED,
        cents=each.recognized_cents,
        created_at=now,
    )


def _kept(month: date) -> list[Entry]:
    """The entries of a closed month."""
    name = func.coalesce(Invoice.number, Order.order_number)
    is_invoice, is_order = RevenueEntry.source == INVOICE, RevenueEntry.source == ORDER
    wanted = select(RevenueEntry.source, RevenueEntry.source_id, name, Office.code, RevenueEntry.cents)
    wanted = wanted.join(Invoice, is_invoice & (Invoice.id == RevenueEntry.source_id), isouter=True)
    wanted = wanted.join(Order, is_order & (Order.id == RevenueEntry.source_id), isouter=True)
    office_id = func.coalesce(Invoice.office_id, Order.office_id)
    wanted = wanted.join(Office, Office.id == office_id, isouter=True)
    rows = db.session.execute(wanted.where(RevenueEntry.month == month).order_by(RevenueEntry.id))
    return [Entry(*row) for row in rows]


def _codes() -> Mapping[int, str]:
    return {office.id: office.code for office in db.session.execute(select(Office.id, Office.code))}
