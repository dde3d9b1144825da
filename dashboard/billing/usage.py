"""What an office used, month by month: counts and cents, never whom (spec section 0, BIL-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from dashboard.billing import drafts
from dashboard.billing.drafts import SIGN
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, DocumentState, Invoice, InvoiceLineItem

MOST = 24


@dataclass(frozen=True, slots=True)
class Month:
    """One billing month [start, end) of an office, local days: the patients charged for it, and their cents.

    What was told after the month ended counts here too, though it stands on a later invoice.
    """

    start: date
    end: date
    count: int
    cents: int
    unit_cents: int
    is_open: bool

    @property
    def last(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SoFar:
    """The open month, and the cents that its invoice has grown to: activations, adjustments, credits."""

    month: Month
    cents: int


def months(office_id: int, most: int = MOST) -> list[Month]:
    """The office's newest months, the open one first."""
    newest = select(BillingCycle).where(BillingCycle.office_id == office_id)
    cycles = db.session.scalars(newest.order_by(BillingCycle.number.desc()).limit(most)).all()
    counted = _counted(cycles)
    return [_month(cycle, *counted.get(cycle.id, (0, 0))) for cycle in cycles]


def so_far(office_id: int) -> SoFar | None:
    """The month that is open now; None before the first and after the last."""
    its = (BillingCycle.office_id == office_id, BillingCycle.closed_at.is_(None))
    cycle = db.session.scalar(select(BillingCycle).where(*its))
    if cycle is None:
        return None
    month = _month(cycle, *_counted([cycle]).get(cycle.id, (0, 0)))
    grown = sum(line.total_cents for line in drafts.lines(cycle))
    return SoFar(month, grown + _by_hand(cycle))


def _month(cycle: BillingCycle, count: int, cents: int) -> Month:
    return Month(cycle.start, cycle.end, count, cents, cycle.cents, cycle.closed_at is None)


def _counted(cycles: Sequence[BillingCycle]) -> Mapping[int, tuple[int, int]]:
    """Patients and cents of each cycle, by its id, as the ledger has them now."""
    ids = [cycle.id for cycle in cycles]
    summed = select(Charge.cycle_id, func.sum(SIGN), func.sum(SIGN * Charge.cents))
    summed = summed.where(Charge.cycle_id.in_(ids)).group_by(Charge.cycle_id)
    return {cycle_id: (int(count), int(cents)) for cycle_id, count, cents in db.session.execute(summed)}


def _by_hand(cycle: BillingCycle) -> int:
    """What people added to the month's draft, in cents."""
    added = select(func.sum(InvoiceLineItem.total_cents)).join(
        Invoice, Invoice.id == InvoiceLineItem.invoice_id
    )
    its_draft = (Invoice.cycle_id == cycle.id, Invoice.document_state == DocumentState.DRAFT)
    return int(db.session.scalar(added.where(*its_draft)) or 0)
