"""The books by month: what was recognized, what is deferred, and closing a month for good (REV-01)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard import audit, clock, money
from dashboard.audit import Action
from dashboard.billing import firm, revenue
from dashboard.billing.revenue import Report
from dashboard.cycles import boundary
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import ClosedMonth
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web import picture
from dashboard.web.access import me, require, stepped_up
from dashboard.web.pages import page
from forms.billing import CloseMonthForm

REVENUE = "/staff/revenue"
MOST = 100
CLOSED = 11  # so many are in the picture, beside the open ones
bp = Blueprint("revenue", __name__, url_prefix=REVENUE)


@bp.get("")
@require(Permission.SEE_REVENUE)
def index() -> ResponseReturnValue:
    """One month: the present one, or the one that the address names."""
    month, now = _month(), clock.now()
    with reading():
        last = revenue.last_closed()
        found, *others = revenue.reports([month, *_open(month, last)])
        months = shown([*_closed(), found, *others])
    return page(
        "staff/revenue.html",
        report=found,
        rows=sorted(found.entries, key=lambda each: -each.recognized_cents)[:MOST],
        by_kind=by_kind(found),
        more=max(0, len(found.entries) - MOST),
        months=months[::-1],
        picture=picture.bars(months),
        before=_href(boundary(month, -1)),
        after=_href(boundary(month, 1)) if month < _present() else None,
        journal=f"{REVENUE}/journal.csv?month={month:%Y-%m}",
        why_not=_why_not(found, last),
        may_close=me().may(Permission.CLOSE_MONTHS) and firm.ours().day(now) >= boundary(month, 1),
        form=CloseMonthForm(formdata=None, month=f"{month:%Y-%m}"),
    )


@bp.get("/journal.csv")
@require(Permission.SEE_REVENUE)
@stepped_up
def journal() -> ResponseReturnValue:
    """The month for the bookkeeper. What leaves the house is written down first."""
    month = _month()
    with writing():
        found = revenue.report(month)
        what = f"revenue journal {month:%Y-%m}"
        audit.record(Action.EXPORTED, changes={"what": what, "rows": len(found.entries)})
    name = f"revenue-{month:%Y-%m}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(revenue.journal(found), mimetype="text/csv", headers=headers)


@bp.post("/closure")
@require(Permission.CLOSE_MONTHS)
@stepped_up
def close() -> ResponseReturnValue:
    """A closed month never changes."""
    form = CloseMonthForm()
    month = _parsed(form.month.data)
    if not form.validate_on_submit():
        raise Invalid("sure", "Tick that the month is to be closed for good.")
    try:
        with writing():
            revenue.close(month, clock.now())
    except DomainError as no:
        flash(str(no), "error")
        return redirect(_href(month), 303)
    flash(f"{month:%B %Y} is closed for good.")
    return redirect(_href(month), 303)


def shown(reports: Sequence[Report | ClosedMonth]) -> list[picture.Amount]:
    """Each month once, the oldest first; a closed one as it was closed."""
    by_month = {each.month: each for each in reversed(reports)}
    return [recognized(by_month[month]) for month in sorted(by_month)]


def by_kind(found: Report) -> dict[str, int]:
    """What orders earned and what invoices did, in cents; a kind that earned nothing is absent."""
    sums: Counter[str] = Counter()
    for each in found.entries:
        sums[each.kind] += each.recognized_cents
    return dict(sums)


def recognized(each: Report | ClosedMonth) -> picture.Amount:
    cents, is_closed = each.recognized_cents, isinstance(each, ClosedMonth) or each.is_closed
    words = picture.short_dollars(cents)
    return picture.Amount(each.month, cents, words, money.dollars(cents), not is_closed)


def _closed() -> Sequence[ClosedMonth]:
    newest = select(ClosedMonth).order_by(ClosedMonth.month.desc()).limit(CLOSED)
    return db.session.scalars(newest).all()


def _open(besides: date, last: ClosedMonth | None) -> Iterator[date]:
    """Each month since the last closed one, besides one: no month is left out between them."""
    month = boundary(last.month, 1) if last else _present()
    while month <= _present():
        if month != besides:
            yield month
        month = boundary(month, 1)


def _why_not(found: Report, last: ClosedMonth | None) -> str | None:
    """Why this month cannot be closed now; None where it can."""
    if found.is_closed:
        return "Closed: its figures never change any more."
    if found.month >= _present():
        return "It can be closed when it is over."
    if last and found.month != boundary(last.month, 1):
        return f"Months are closed in their order: {boundary(last.month, 1):%B %Y} is next."
    return None


def _present() -> date:
    return firm.ours().day(clock.now()).replace(day=1)


def _month() -> date:
    told = request.args.get("month")
    return _parsed(told) if told else _present()


def _parsed(text: str | None) -> date:
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Invalid("month", "Write the month like 2026-03.") from None
    if not 2000 <= month.year <= 2100:
        raise Invalid("month", "Give a month of this century.")
    return month


def _href(month: date) -> str:
    return f"{REVENUE}?month={month:%Y-%m}"
