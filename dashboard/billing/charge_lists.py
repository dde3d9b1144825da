"""The ledger as rows, by office and cycle. Whom a turn is for is asked separately (spec PHI-03)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlalchemy import ColumnElement, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.capped import how_many
from dashboard.extensions import db
from dashboard.models import BillingCycle, Charge, Office, Patient
from dashboard.todos import keyset

NEWEST = keyset.Sort((Charge.id,), descending=True)
SIZE = 40


def conditions(told: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What a turn must meet: `office` (its code), `cycle` (its id), `kind` (charge, credit, late)."""
    return list(_conditions(told))


def _conditions(told: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    if "office" in told:
        its_cycles = select(BillingCycle.id).join(Office, Office.id == BillingCycle.office_id)
        yield Charge.cycle_id.in_(its_cycles.where(Office.code == told["office"].replace("\0", "").upper()))
    if "cycle" in told:
        yield Charge.cycle_id == int(told["cycle"])
    if told.get("kind") == "credit":
        yield Charge.turn % 2 == 1
    if told.get("kind") == "charge":
        yield Charge.turn % 2 == 0
    if told.get("kind") == "late":
        yield Charge.settled_in != Charge.cycle_id


def page(meets: list[ColumnElement[bool]], *, after: str | None, before: str | None) -> keyset.Page:
    """One page of rows with a `Charge`, its `BillingCycle` and its office's `code`."""
    wanted = select(Charge.id, Charge, BillingCycle, Office.code).where(*meets)
    wanted = wanted.join(BillingCycle, BillingCycle.id == Charge.cycle_id)
    wanted = wanted.join(Office, Office.id == Charge.office_id)
    keys = {"after": keyset.key_in(after, NEWEST), "before": keyset.key_in(before, NEWEST)}
    return keyset.page(wanted, NEWEST, **keys, size=SIZE)


def count(meets: list[ColumnElement[bool]]) -> int:
    """How many there are, up to 1,001."""
    return db.session.scalar(how_many(Charge, *meets)) or 0


def cycles(code: str) -> Sequence[BillingCycle]:
    """The cycles of the office of this code, newest first."""
    ours = select(BillingCycle).join(Office, Office.id == BillingCycle.office_id)
    ours = ours.where(Office.code == code.replace("\0", "").upper()).order_by(BillingCycle.number.desc())
    return db.session.scalars(ours).all()


def patients(charges: Sequence[Charge]) -> dict[int, Patient]:
    """Whom these turns are for, by the patient's id: a look that goes on the audit trail."""
    ids = {each.patient_id for each in charges}
    found = db.session.scalars(select(Patient).where(Patient.id.in_(ids)))
    audit.record(Action.CHARGE_MAP_VIEWED, None, changes={"rows": len(charges)})
    return {patient.id: patient for patient in found}
