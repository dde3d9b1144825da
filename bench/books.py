"""The revenue page of the present month, over years of invoices of which the last month is still open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import insert, update

from bench.installation import Database, Installation, installation
from bench.invented_practices import analyze, fill
from bench.measure import Bar, Figure, median_ms, seconds
from dashboard import clock
from dashboard.cycles import boundary
from dashboard.models import (
    BillingCycle,
    ClosedMonth,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    ItemType,
    PaymentState,
    RevenueEntry,
)
from dashboard.models.base import new_reference
from dashboard.outbound import Wording
from dashboard.people import sessions
from dashboard.rights import Role
from dashboard.unit import writing
from tests.support import cast

CENTS = 200
TIMES = 15
PAGE = "/staff/revenue"


def figures(database: Database, offices: int, months: int) -> Iterator[Figure]:
    """Milliseconds of one page, by median."""
    with installation(database) as ours:
        fill(ours, offices, 0)
        present = clock.now().date().replace(day=1)
        first = boundary(present, -months)
        for number in range(months):
            _add(boundary(first, number), number, offices, is_closed=number < months - 1)
        analyze(ours)
        visit = _visitor(ours)
        took = [seconds(visit) for _ in range(TIMES)]
    name = f"revenue page, {offices * months:,} invoices of {months} months, {ours.name}"
    yield Figure(name, median_ms(took[2:]), "ms", Bar(300))


def _add(month: date, number: int, offices: int, *, is_closed: bool) -> None:
    """A month of every office: its cycle, its issued invoice of one line, and what the books hold of it.

    A number comes last: what has one takes no line any more.
    """
    ids = range(number * offices + 1, (number + 1) * offices + 1)
    after = boundary(month, 1)
    with writing() as session:
        for table, row in (
            (BillingCycle, _cycle(month, number)),
            (Invoice, _invoice(month)),
            (InvoiceLineItem, _line(month)),
        ):
            session.execute(insert(table), [{**row, **_own(table, id, offices)} for id in ids])
        issued = {
            "document_state": DocumentState.ISSUED,
            "issued_at": _at(after),
            "number": Invoice.entry_key,
        }
        session.execute(update(Invoice).where(Invoice.billing_period_start == month).values(issued))
        if is_closed:
            entry = {"source": "invoice", "month": month, "kind": "recognized", "cents": CENTS}
            entries = [{**entry, "source_id": id, "created_at": _at(after)} for id in ids]
            session.execute(insert(RevenueEntry), entries)
            closed = ClosedMonth(month=month, recognized_cents=CENTS * offices, closed_at=_at(after))
            closed.deferred_cents, closed.closed_by = 0, "bench"
            session.add(closed)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _own(table: Any, id: int, offices: int) -> dict[str, object]:
    """What sets one row apart from the others of its month."""
    office = (id - 1) % offices + 1
    if table is BillingCycle:
        return {"id": id, "office_id": office}
    if table is Invoice:
        named = {"ref": new_reference(), "entry_key": f"cycle:{id}"}
        return {"id": id, "office_id": office, "cycle_id": id, **named}
    return {"ref": new_reference(), "invoice_id": id}


def _cycle(month: date, number: int) -> dict[str, object]:
    after = boundary(month, 1)
    times = {"start_utc": _at(month), "end_utc": _at(after), "closed_at": _at(after)}
    return {"number": number, "start": month, "end": after, "cents": CENTS, "carries": True, **times}


def _invoice(month: date) -> dict[str, object]:
    after = boundary(month, 1)
    states = {"document_state": DocumentState.DRAFT, "payment_state": PaymentState.PAID}
    times = {"created_at": _at(month), "updated_at": _at(after)}
    amounts = {"total_cents": CENTS, "amount_paid_cents": CENTS, "due_date": after}
    period = {"billing_period_start": month, "billing_period_end": after}
    return {"invoice_type": InvoiceType.MONTHLY, **states, **times, **amounts, **period, "version": 1}


def _line(month: date) -> dict[str, object]:
    what = {"item_type": ItemType.PATIENT_ACTIVATION, "wording": Wording.PATIENT_ACTIVATIONS.value}
    amounts = {"quantity": 1, "unit_cents": CENTS, "total_cents": CENTS}
    return {**what, **amounts, "service_month": month, "created_at": _at(boundary(month, 1))}


def _visitor(ours: Installation) -> Any:
    """A visit to the page by somebody signed in who may see it."""
    with writing():
        user = cast.person(role=Role.BILLING)
        key = sessions.start(user, now=clock.now(), address="127.0.0.1", agent="bench")
    client = ours.app.test_client()
    client.set_cookie("session", key)

    def visit() -> None:
        answer = client.get(PAGE)
        assert answer.status_code == 200, answer.status

    return visit
