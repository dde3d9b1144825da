"""An office in the database: told the same things as the model, and read back in the model's words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from itertools import count

from sqlalchemy import select

from dashboard.billing import activations, drafts, months, patients, plans, provider_ids, subscriptions
from dashboard.extensions import db
from dashboard.models import (
    BillingCycle,
    Charge,
    DocumentState,
    Invoice,
    InvoiceLineItem,
    Office,
    Patient,
    Plan,
)
from tests.properties.model import ACTIVATE, History, Lines, Told
from tests.support import practice

PROVIDER_WORDS = {"inactive": "paused"}
SUBSCRIPTION: provider_ids.Field = "payment_provider_subscription_id"
_numbers = count(10_000_000)


class RealOffice:
    """One office of the app's database, whose subscription begins now. Its acts need a unit."""

    def __init__(self, history: History, now: datetime) -> None:
        number = next(_numbers)
        office = Office(
            code=f"P{number}", name="Demo Family Practice", time_zone=history.zone, created_at=now
        )
        db.session.add(office)
        db.session.flush()
        self.id, self.plan_id = office.id, practice.plan(history.prices[0][1]).id
        self.start(history.anchor, now, history.trials.get(now))
        provider_ids.give(office, SUBSCRIPTION, f"sub_{number}")

    def start(self, anchor: date, now: datetime, trial_ends_on: date | None) -> None:
        plan = db.session.get_one(Plan, self.plan_id)
        subscriptions.start(self.office(), plan, anchor, now, trial_ends_on)

    def office(self) -> Office:
        return db.session.get_one(Office, self.id)

    def run(self, now: datetime) -> Office:
        """Turn the months that ended by `now`."""
        return months.up_to_date(self.id, now)

    def set_status(self, status: str, now: datetime) -> None:
        """The payment provider tells a status, which the office follows."""
        subscriptions.refresh_status(self.run(now), now, provider_status=PROVIDER_WORDS.get(status, status))

    def add_price(self, effective: date, cents: int, now: datetime) -> None:
        plans.add_price(db.session.get_one(Plan, self.plan_id), cents, effective=effective, now=now)

    def forget(self) -> None:
        """Let no later monthly run find the office."""
        self.office().next_boundary = None

    def cycles(self) -> list[tuple[date, datetime, datetime, int]]:
        """(first day, begins, ends, cents) of each, oldest first."""
        return [(each.start, each.start_utc, each.end_utc, each.cents) for each in self._cycles()]

    def _cycles(self) -> list[BillingCycle]:
        ours = select(BillingCycle).where(BillingCycle.office_id == self.id).order_by(BillingCycle.number)
        return list(db.session.scalars(ours))

    def ledger(self, names: Mapping[int, str]) -> dict[tuple[date, str], int]:
        """Cents by the cycle's first day and the patient, of the charges that stand. The turns alternate."""
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


def new_patient(of: RealOffice) -> int:
    """The id of a patient of this office, not active yet."""
    return practice.patient(of.office()).id


def tell(patient_id: int, told: Told) -> int | None:
    """Tell it inside a unit; the cents of the charge that stands for the cycle, if one does."""
    patient = db.session.get_one(Patient, patient_id)
    if told.kind != ACTIVATE:
        activations.deactivate(patient, at=told.at, now=told.told)
        return None
    charge = activations.activate(patient, at=told.at, now=told.told)
    return charge.cents if charge else None


def move(patient_id: int, to: RealOffice, now: datetime) -> None:
    """Let the patient belong to another office from now on, inside a unit."""
    patients.move(db.session.get_one(Patient, patient_id), to.office(), now)
