"""An office in the database: told the same things as the model, and read back in the model's words."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard.billing import activations, drafts, months, statuses
from dashboard.cycles import first_instant
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    Charge,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    Office,
    OfficeStatus,
    Patient,
    PriceVersion,
)
from dashboard.unit import writing
from tests.properties.model import ACTIVATE, History, Lines, Told
from tests.support import practice

_codes = count(1)


class RealOffice:
    """One office of the app's database, set up as a history says that it began."""

    def __init__(self, history: History) -> None:
        [(started, status)] = history.statuses
        with writing():
            begins = first_instant(history.anchor, ZoneInfo(history.zone))
            office = Office(code=f"P{next(_codes)}", name="Demo Family Practice", time_zone=history.zone)
            office.created_at = office.subscription_started_at = started
            office.billing_cycle_anchor_date, office.next_boundary = history.anchor, begins
            office.plan_id = practice.plan(history.prices[0][1]).id
            office.subscription_status, office.trial_ends_on = OfficeStatus(status), history.trial_ends_on
            db.session.add(office)
            db.session.flush()
            statuses.change(office, OfficeStatus(status), at=started, cause="test")
            self.id, self.plan_id = office.id, office.plan_id
            self.patients = {name: practice.patient(office).id for name in "abcd"}

    def tell(self, told: Told) -> int | None:
        """Tell it inside a unit; the cents of the charge that stands for the cycle, if one does."""
        patient = db.session.get_one(Patient, self.patients[told.patient])
        if told.kind != ACTIVATE:
            activations.deactivate(patient, at=told.at, now=told.told)
            return None
        charge = activations.activate(patient, at=told.at, now=told.told)
        return charge.cents if charge else None

    def run(self, now: datetime) -> Office:
        """Turn the months that ended by `now`, inside a unit."""
        return months.up_to_date(self.id, now)

    def set_status(self, status: str, now: datetime) -> None:
        office = self.run(now)
        office.subscription_status = OfficeStatus(status)
        statuses.change(office, OfficeStatus(status), at=now, cause="test")

    def add_price(self, effective: date, cents: int, now: datetime) -> None:
        db.session.add(PriceVersion(plan_id=self.plan_id, effective=effective, cents=cents, created_at=now))

    def cycles(self) -> list[tuple[date, datetime, datetime, int]]:
        """(first day, begins, ends, cents) of each, oldest first."""
        return [(each.start, each.start_utc, each.end_utc, each.cents) for each in self._cycles()]

    def _cycles(self) -> list[BillingCycle]:
        ours = select(BillingCycle).where(BillingCycle.office_id == self.id).order_by(BillingCycle.number)
        return list(db.session.scalars(ours))

    def ledger(self) -> dict[tuple[date, str], int]:
        """Cents by the cycle's first day and the patient, of the charges that stand. The turns alternate."""
        names = {patient_id: name for name, patient_id in self.patients.items()}
        turns = select(BillingCycle.start, Charge).join(Charge, Charge.cycle_id == BillingCycle.id)
        turns = turns.where(Charge.office_id == self.id).order_by(Charge.id)
        standing: dict[tuple[date, str], int] = {}
        for start, turn in db.session.execute(turns):
            key = start, names[turn.patient_id]
            if turn.is_credit:
                assert standing.pop(key) == turn.cents
            else:
                assert key not in standing, "charged twice"
                standing[key] = turn.cents
        return standing

    def invoices(self) -> dict[date, Lines]:
        """The lines of each cycle's invoice: counted from the ledger while it grows, then written."""
        return {cycle.start: self._lines(cycle) for cycle in self._cycles()}

    def _lines(self, cycle: BillingCycle) -> Lines:
        written = select(InvoiceLineItem).join(Invoice, Invoice.id == InvoiceLineItem.invoice_id)
        items = list(db.session.scalars(written.where(Invoice.cycle_id == cycle.id)))
        found: Lines = Counter()
        for each in [*items, *([] if cycle.closed_at else drafts.lines(cycle))]:
            assert each.service_month is not None
            found[each.item_type.value, each.service_month, each.unit_cents] += each.quantity
        return found

    def live(self) -> dict[date, tuple[str, int]]:
        """Each cycle's invoice that is not void: (document state, total in cents)."""
        ours = select(BillingCycle.start, Invoice).join(Invoice, Invoice.cycle_id == BillingCycle.id)
        ours = ours.where(Invoice.office_id == self.id, Invoice.document_state != DocumentState.VOID)
        rows = db.session.execute(ours).all()
        assert len({start for start, _ in rows}) == len(rows), "two live invoices of one cycle"
        return {start: (invoice.document_state.value, invoice.total_cents) for start, invoice in rows}
