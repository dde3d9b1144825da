"""Pages of an office's patients, and what one of them was charged (spec PAT-01)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, select

from dashboard.capped import how_many
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, Patient
from dashboard.todos import keyset

BY_JOINING = keyset.Sort((Patient.id,))
SIZE = 40


def conditions(office_id: int, told: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What a patient of this office must meet: `state` (active, inactive, erased)."""
    return [Patient.office_id == office_id, *_conditions(told)]


def _conditions(told: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    state = told.get("state")
    if state == "active":
        yield Patient.is_active_for_billing.is_(True)
    if state == "inactive":
        yield Patient.is_active_for_billing.is_(False)
    if state == "erased":
        yield Patient.erased_at.is_not(None)


def page(meets: list[ColumnElement[bool]], *, after: str | None, before: str | None) -> keyset.Page:
    """One page of rows with a `Patient` each."""
    wanted = select(Patient.id, Patient).where(*meets)
    keys = {"after": keyset.key_in(after, BY_JOINING), "before": keyset.key_in(before, BY_JOINING)}
    return keyset.page(wanted, BY_JOINING, **keys, size=SIZE)


def count(meets: list[ColumnElement[bool]]) -> int:
    """How many there are, up to 1,001."""
    return db.session.scalar(how_many(Patient, *meets)) or 0


def charges(patient: Patient) -> Sequence[tuple[Charge, BillingCycle]]:
    """The patient's turns with the cycle each is for, newest first."""
    query = select(Charge, BillingCycle).join(BillingCycle, BillingCycle.id == Charge.cycle_id)
    query = query.where(Charge.patient_id == patient.id).order_by(BillingCycle.start_utc.desc(), Charge.turn)
    return [(row[0], row[1]) for row in db.session.execute(query)]
