"""The other parts of an invoice's page: what was sent beside what stayed here, its history, its paper."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from dashboard import audit, clock
from dashboard.audit import Action
from dashboard.billing import firm, invoice_lists, invoices
from dashboard.extensions import db
from dashboard.gateways.recorder import canonical
from dashboard.models import AuditEvent, Charge, CreditNote, Invoice, Office, Refund, SentLetter
from dashboard.money import dollars
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos.hands import hands
from dashboard.unit import reading, writing
from dashboard.web.access import require
from dashboard.web.filters import day_words, period_words
from dashboard.web.invoice_paper import paper
from dashboard.web.pages import page
from dashboard.web.staff.invoice_page import around
from dashboard.web.staff.invoices import bp
from dashboard.web.staff.order_story import said, who

MOST = 200
STAYED = "not sent"


@dataclass(frozen=True, slots=True)
class Sent:
    """One letter that the payment provider was handed, indented for reading; `planned` was not sent yet."""

    purpose: str
    at: datetime | None
    body: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Compared:
    """One thing that we know of an invoice, and what of it left."""

    what: str
    here: str
    there: str

    @property
    def stayed(self) -> bool:
        return self.there == STAYED


@bp.get("/<int:invoice_id>/payload")
@require(Permission.SEE_PAYLOADS)
def payload(invoice_id: int) -> ResponseReturnValue:
    """Each letter as the payment provider got it; before that, the one that is planned (PHI-04)."""
    with reading():
        invoice, office, total = _read(invoice_id)
        letters = [*_planned(invoice), *_letters(invoice, office)]
    return page("staff/invoice_sent.html", letters=letters, **around(invoice, office, total, "sent"))


@bp.get("/<int:invoice_id>/diff")
@require(Permission.SEE_PAYLOADS)
def diff(invoice_id: int) -> ResponseReturnValue:
    """The record beside what was sent of it, so that a person sees what was left out."""
    with reading():
        invoice, office, total = _read(invoice_id)
        letters = [each for each in _letters(invoice, office) if each.purpose == "invoice"]
        rows = list(_compared(invoice, office, json.loads(letters[0].body))) if letters else []
    return page("staff/invoice_diff.html", rows=rows, **around(invoice, office, total, "diff"))


@bp.get("/<int:invoice_id>/history")
@require(Permission.SEE_INVOICES)
def history(invoice_id: int) -> ResponseReturnValue:
    """Everything that was done to it, newest first."""
    with reading() as session:
        invoice, office, total = _read(invoice_id)
        ours = select(AuditEvent).where(
            AuditEvent.object_type == Invoice.__tablename__, AuditEvent.object_ref == invoice.ref
        )
        people = hands()
        events = session.scalars(ours.order_by(AuditEvent.id.desc()).limit(MOST)).all()
        entries = [(each.at, who(each.actor, people), said(each), _cents(each)) for each in events]
    return page("staff/invoice_history.html", entries=entries, **around(invoice, office, total, "history"))


def _read(invoice_id: int) -> tuple[Invoice, Office, int]:
    invoice = found(Invoice, invoice_id, "invoice")
    return invoice, invoices.office_of(invoice), invoice_lists.totals([invoice])[invoice.id]


def _cents(event: AuditEvent) -> str:
    cents = json.loads(event.changes or "{}").get("cents")
    return dollars(cents) if isinstance(cents, int) else ""


def _letters(invoice: Invoice, office: Office) -> list[Sent]:
    """All that went out about it: itself, its credit notes and refunds, and its office's customer."""
    refs = [invoice.ref, office.ref, *_refs(CreditNote, invoice), *_refs(Refund, invoice)]
    kept = select(SentLetter).where(SentLetter.reference.in_(refs)).order_by(SentLetter.id)
    return [Sent(each.purpose, each.created_at, _indented(each.body)) for each in db.session.scalars(kept)]


def _refs(table: Any, invoice: Invoice) -> Sequence[str]:
    return db.session.scalars(select(table.ref).where(table.invoice_id == invoice.id)).all()


def _planned(invoice: Invoice) -> Iterator[Sent]:
    """The letter as it would be sent now."""
    letter = invoices.to_send(invoice, on=firm.ours().day(clock.now()))
    if letter is not None:
        yield Sent("invoice", None, _indented(canonical(asdict(letter))), planned=True)


def _indented(body: str) -> str:
    return json.dumps(json.loads(body), indent=2, sort_keys=True)


def _compared(invoice: Invoice, office: Office, sent: dict[str, Any]) -> Iterator[Compared]:
    yield Compared("Number", invoice.number or "", STAYED)
    yield Compared("Reference", invoice.ref, sent["reference"])
    yield Compared("Office", f"{office.code} {office.name}", f"reference {sent['customer']}")
    period = period_words(invoice.billing_period_start, invoice.billing_period_end)
    yield Compared("Period", period, f"month {sent['month']}" if sent["month"] else STAYED)
    yield from _lines(invoice, sent["lines"])
    yield Compared("Total", dollars(invoice.total_cents), dollars(sent["total_cents"]))
    due = day_words(invoice.due_date) if invoice.due_date else ""
    yield Compared("Due", due, f"{sent['due_days']} days after sending")
    yield Compared("Charges of the ledger", _charges(invoice), STAYED)
    yield Compared("Note", "kept" if invoice.note else "none", STAYED)


def _lines(invoice: Invoice, sent: Sequence[dict[str, Any]]) -> Iterator[Compared]:
    by_ref = {each["reference"]: each for each in sent}
    for line in invoices.lines_of(invoice):
        here = f"{line.wording}, {line.quantity} at {dollars(line.unit_cents)}"
        there = by_ref.get(line.ref)
        words = there and f"{there['wording']}, {there['quantity']} at {dollars(there['unit_cents'])}"
        yield Compared("Line", here, words or STAYED)


def _charges(invoice: Invoice) -> str:
    mine = select(func.count(), func.count(Charge.patient_id.distinct()))
    rows, patients = db.session.execute(mine.where(Charge.settled_in == (invoice.cycle_id or 0))).one()
    return f"{rows} turns of {patients} patients"


@bp.get("/<int:invoice_id>/pdf")
@require(Permission.SEE_INVOICES)
def pdf(invoice_id: int) -> ResponseReturnValue:
    """The paper, as it was drawn first; that it was read is on the trail."""
    with writing():
        invoice = found(Invoice, invoice_id, "invoice")
        audit.record(Action.DOCUMENT_READ, invoice)
    return paper(invoice)
