"""Changing an order's answers: the todo that waits for them follows at once (spec INT-03)."""

from __future__ import annotations

from datetime import datetime

from dashboard import audit
from dashboard import intake as intakes
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.intake import LABELS, Intake
from dashboard.models import Order
from dashboard.orders import bundle, fulfillment, terms


def change_intake(order: Order, intake: Intake, *, now: datetime) -> list[str]:
    """Give an order these answers in place of its own, and the orders it spawned those that changed.

    Returns the names of the answers that changed, in order; the audit trail holds the names only.
    """
    before = terms.intake_of(order)
    changed = changes(before, intake)
    if changed:
        order.intake_data, order.npi, order.updated_at = intakes.as_data(intake), intake.npi, now
        audit.record(Action.INTAKE_CHANGED, order, changes={"fields": changed})
        db.session.flush()
        fulfillment.refresh(order, now)
        hand_on(order, intake, now)
    return changed


def changes(before: Intake, after: Intake) -> list[str]:
    """The names of the answers that differ. What we did not ask for is one name: clients chose those."""
    names = [name for name in LABELS if getattr(before, name) != getattr(after, name)]
    return [*names, "more"] if before.more != after.more else names


def hand_on(order: Order, intake: Intake, now: datetime) -> None:
    """A bundle's answers also answer for the orders it spawned."""
    for spawned in bundle.spawned_by(order):
        change_intake(spawned, intakes.completed(terms.intake_of(spawned), intake), now=now)
