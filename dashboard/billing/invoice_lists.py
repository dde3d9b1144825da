"""Finding invoices: in tabs by how far they are, in ages by how late they are, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from dashboard import capped
from dashboard.billing import drafts
from dashboard.billing.office_lists import LEFT, OPEN
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceType,
    Office,
    PaymentState,
)
from dashboard.todos import keyset

NEWEST = keyset.Sort((Invoice.id,), descending=True)
SIZE = 40
SENT = (PaymentState.UNPAID, PaymentState.PROCESSING)
SETTLED = (PaymentState.PAID, PaymentState.REFUNDED, PaymentState.DISPUTED)
AGES = {"current": (None, 0), "30": (1, 30), "60": (31, 60), "90": (61, 90), "older": (91, None)}


@dataclass(frozen=True, slots=True)
class Age:
    """Open invoices that are late by so many days: how many, and the cents left on them."""

    key: str
    count: int
    cents: int


def tab(name: str, today: date) -> tuple[ColumnElement[bool], ...]:
    """What the invoices of a tab have in common; `today` is the firm's day."""
    issued = Invoice.document_state == DocumentState.ISSUED
    known: dict[str, tuple[ColumnElement[bool], ...]] = {
        "review": (Invoice.document_state == DocumentState.CLOSED,),
        "draft": (Invoice.document_state == DocumentState.DRAFT,),
        "sent": (issued, Invoice.payment_state.in_(SENT)),
        "overdue": (*OPEN, Invoice.due_date < today),
        "paid": (issued, Invoice.payment_state.in_(SETTLED)),
        "failed": (issued, Invoice.payment_state == PaymentState.FAILED),
        "canceled": (Invoice.document_state == DocumentState.VOID,),
        "all": (),
    }
    return known[name]


def conditions(told: Mapping[str, str], today: date) -> list[ColumnElement[bool]]:
    """What an invoice must meet: `tab`, `age`, `type`, `month` (of its period), and `q`, a number or an
    office's code.
    """
    return list(_conditions(told, today))


def _conditions(told: Mapping[str, str], today: date) -> Iterator[ColumnElement[bool]]:
    yield from tab(told.get("tab", "all"), today)
    if "age" in told:
        yield from late_by(told["age"], today)
    if "type" in told:
        yield Invoice.invoice_type == InvoiceType(told["type"])
    if "office" in told:
        yield Office.code == told["office"].replace("\0", "").upper()
    if "q" in told:
        text = told["q"].replace("\0", "").upper()
        number = Invoice.number.startswith(text, autoescape=True)
        yield or_(number, Office.code.startswith(text, autoescape=True))


def late_by(age: str, today: date) -> Iterator[ColumnElement[bool]]:
    """Open invoices whose due date lies that far back."""
    least, most = AGES[age]
    yield from OPEN
    if least is not None:
        yield Invoice.due_date <= today - timedelta(days=least)
    if most is not None:
        yield Invoice.due_date >= today - timedelta(days=most)


def page(meets: list[ColumnElement[bool]], *, after: str | None, before: str | None) -> keyset.Page:
    """One page of rows with an `Invoice`, its office's `code` and `name`."""
    wanted = select(Invoice.id, Invoice, Office.code, Office.name).join(Office).where(*meets)
    keys = {"after": keyset.key_in(after, NEWEST), "before": keyset.key_in(before, NEWEST)}
    return keyset.page(wanted, NEWEST, **keys, size=SIZE)


def count(meets: list[ColumnElement[bool]]) -> int:
    """How many there are, up to 1,001."""
    return counts([meets])[0]


def counts(lists: Sequence[Sequence[ColumnElement[bool]]]) -> list[int]:
    """How many invoices each of these lists holds, up to 1,001 each, in one statement."""
    counted = [length(each).scalar_subquery() for each in lists]
    return [int(found) for found in db.session.execute(select(*counted)).one()]


def length(meets: Sequence[ColumnElement[bool]]) -> Select[tuple[int]]:
    """How many invoices there are, up to 1,001, as a query."""
    return capped.length(select(capped.ONE).select_from(Invoice).join(Office).where(*meets))


def ages(today: date) -> list[Age]:
    """The open invoices by how late they are."""
    each = [(key, *_of_age(key, today)) for key in AGES]
    columns = [column for _, count, cents in each for column in (count, cents)]
    found = db.session.execute(select(*columns).where(*OPEN)).one()
    return [
        Age(key, int(found[2 * number] or 0), int(found[2 * number + 1] or 0))
        for number, key in enumerate(AGES)
    ]


def _of_age(key: str, today: date) -> tuple[ColumnElement[int], ColumnElement[int]]:
    _, _, *due = late_by(key, today)
    is_so = due[0] if len(due) == 1 else due[0] & due[1]
    return func.sum(case((is_so, 1), else_=0)), func.sum(case((is_so, LEFT), else_=0))


def totals(invoices: Sequence[Invoice]) -> dict[int, int]:
    """Each invoice's cents; those of a draft are counted from the ledger and its lines by hand."""
    found = {each.id: each.total_cents for each in invoices}
    open_drafts = [each for each in invoices if each.document_state is DocumentState.DRAFT]
    if not open_drafts:
        return found
    by_hand = _by_hand([each.id for each in open_drafts])
    ledger = drafts.lines_of(_cycles(open_drafts))
    for each in open_drafts:
        counted = ledger.get(each.cycle_id or 0, [])
        found[each.id] = by_hand.get(each.id, 0) + sum(line.total_cents for line in counted)
    return found


def _by_hand(ids: Sequence[int]) -> dict[int, int]:
    summed = select(InvoiceLineItem.invoice_id, func.sum(InvoiceLineItem.total_cents))
    summed = summed.where(InvoiceLineItem.invoice_id.in_(ids)).group_by(InvoiceLineItem.invoice_id)
    return {invoice_id: int(cents) for invoice_id, cents in db.session.execute(summed)}


def _cycles(invoices: Sequence[Invoice]) -> Sequence[BillingCycle]:
    ids = [each.cycle_id for each in invoices if each.cycle_id]
    return db.session.scalars(select(BillingCycle).where(BillingCycle.id.in_(ids))).all()
