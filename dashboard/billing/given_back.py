"""Crediting single activations: a line of the next draft; the ledger stays as it is (spec INV-05)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from dashboard.billing import drafts, lines, months
from dashboard.errors import DomainError, Invalid
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, DocumentState, Invoice, InvoiceLineItem, Office
from dashboard.outbound import Wording


class NoDraft(DomainError):
    """The office has no running month."""

    code = "NO_DRAFT"

    def __init__(self) -> None:
        super().__init__("This office has no running month to credit it in. Write a credit note or refund.")


class NotCharged(Invalid):
    """More activations than stand."""

    code = "NOT_CHARGED"

    def __init__(self, left: int) -> None:
        super().__init__("count", f"Only {left} activations of that month are charged and not credited.")


def credit_activations(cycle: BillingCycle, count: int, *, key: str, now: datetime) -> InvoiceLineItem:
    """Give back so many activations of an ended cycle, at its price, on the draft of the running month.

    The same key gives the same line. Said with the office locked or not: it is locked here.

    Raises:
        NoDraft: the office's subscription is over.
        NotCharged: fewer stand charged, or none is asked for.
        KeyReused
    """
    office = months.up_to_date(cycle.office_id, now)
    entry = f"{_prefix(cycle)}{key}"
    known = lines.told(entry)
    if known is not None:
        if known.quantity != count:
            raise lines.KeyReused
        return known
    left = creditable(cycle)
    if not 1 <= count <= left:
        raise NotCharged(left)
    draft = _open_draft(office, now)
    return lines.add_many(draft, Wording.CREDIT, count, -cycle.cents, month=cycle.start, key=entry, now=now)


def creditable(cycle: BillingCycle) -> int:
    """How many activations of a cycle stand charged and were not credited by hand, by their number or by
    credit notes on its invoice; none, where that was voided and nobody is asked for them.
    """
    if not cycle.cents or _is_written_off(cycle):
        return 0
    standing = select(func.sum(drafts.SIGN)).where(Charge.cycle_id == cycle.id, Charge.cents > 0)
    of_office = select(Invoice.id).where(Invoice.office_id == cycle.office_id)
    credited = select(func.sum(InvoiceLineItem.quantity)).where(
        InvoiceLineItem.invoice_id.in_(of_office),
        InvoiceLineItem.entry_key.startswith(_prefix(cycle), autoescape=True),
    )
    noted = select(func.sum(Invoice.amount_credited_cents)).where(
        Invoice.office_id == cycle.office_id, Invoice.cycle_id == cycle.id
    )
    charged, by_number, by_note = (int(db.session.scalar(each) or 0) for each in (standing, credited, noted))
    return max(0, (charged * cycle.cents - by_note) // cycle.cents - by_number)


def _is_written_off(cycle: BillingCycle) -> bool:
    """Whether a person voided the cycle's invoice and did not have it reissued."""
    written_off = select(BillingCycle.id).where(BillingCycle.id == cycle.id, drafts.IS_WRITTEN_OFF)
    return db.session.scalar(written_off) is not None


def _prefix(cycle: BillingCycle) -> str:
    return f"activations:{cycle.id}:"


def _open_draft(office: Office, now: datetime) -> Invoice:
    cycle = months.open_cycles([office]).get(office.id)
    if cycle is None:
        raise NoDraft
    drafts.begin([cycle], now)
    ours = (Invoice.cycle_id == cycle.id, Invoice.document_state == DocumentState.DRAFT)
    return db.session.scalars(select(Invoice).where(*ours)).one()
