"""The audit trail: one event for each act, in the act's own transaction (spec AUD-01).

An event holds no names, no free text and no payload. A person's words stand in the object's sealed note.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from sqlalchemy import insert, literal, select

from dashboard import actor, clock
from dashboard.audit.actions import Action
from dashboard.extensions import db
from dashboard.many import sent
from dashboard.models import AuditEvent

__all__ = ["Action", "canonical", "record"]

Plain = str | int | bool | None | list[str]
ABOUT = ("object_type", "object_ref", "changes")
CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def record(
    action: Action,
    subject: Any = None,
    *,
    outcome: str = "ok",
    reason: str | None = None,
    changes: Mapping[str, Plain] | None = None,
) -> AuditEvent:
    """Write one event about `subject` (a row with a `ref` or an order number) into the open writing unit.

    `outcome` is ok, refused or failed; `reason` a short code. `changes` may hold only the fields that the
    action allows, each a number, a code or a list of codes.

    Raises:
        ValueError: a change that the action does not allow.
    """
    event = AuditEvent(**_told(action, subject, outcome, reason, changes))
    db.session.add(event)
    return event


def record_all(action: Action, about: Sequence[tuple[Any, Mapping[str, Plain]]]) -> None:
    """Write one event for each (row, changes) of many, at once.

    Raises:
        ValueError: a change that the action does not allow.
    """
    if not about:
        return
    table = AuditEvent.__table__
    common = {name: value for name, value in _told(action).items() if name not in ABOUT}
    same = [literal(value, table.c[name].type) for name, value in common.items()]
    told = [_about(action, subject, changes) for subject, changes in about]
    rows = sent({name: table.c[name].type for name in ABOUT}, map(itemgetter(*ABOUT), told))
    db.session.execute(insert(table).from_select([*common, *ABOUT], select(*same, *rows.c)))


def _told(
    action: Action,
    subject: Any = None,
    outcome: str = "ok",
    reason: str | None = None,
    changes: Mapping[str, Plain] | None = None,
) -> dict[str, Any]:
    who = actor.current()
    return {
        "at": clock.now(),
        "actor": who.name,
        "role": who.role,
        "office_id": who.office_id,
        "action": action.value,
        "outcome": outcome,
        "reason": reason,
        "request_id": who.request_id,
        "address": who.address,
        **_about(action, subject, changes),
    }


def _about(action: Action, subject: Any, changes: Mapping[str, Plain] | None) -> dict[str, Any]:
    return {
        "object_type": _kind(subject),
        "object_ref": _name(subject),
        "changes": canonical(_allowed(action, changes)) if changes else None,
    }


def canonical(value: object) -> str:
    """JSON that is the same text for the same value: sorted, compact, plain ASCII."""
    return CANONICAL.encode(value)


def _allowed(action: Action, changes: Mapping[str, Plain]) -> dict[str, Plain]:
    unknown = set(changes) - action.fields
    if unknown:
        raise ValueError(f"The audit action {action.value!r} carries no field {sorted(unknown)}.")
    return dict(changes)


def _kind(subject: Any) -> str | None:
    return None if subject is None else str(subject.__tablename__)


def _name(subject: Any) -> str | None:
    """What the row is called outside the database: an order by its number, all else by its random ref."""
    if subject is None:
        return None
    is_order = subject.__tablename__ == "compliance_orders"
    return str(subject.order_number if is_order else subject.ref)
