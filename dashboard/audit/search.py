"""Searching the audit trail: keyset pages, the newest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from dashboard.audit.actions import Action
from dashboard.models import AuditEvent
from dashboard.models.base import Referenced

PAGE = 50


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; an empty part asks for nothing. Times are UTC, `until` excluded."""

    actors: Collection[str] | None = None
    action: str | None = None
    object_refs: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """In an order that the indexes know: an object is found by its table and name."""
        found: list[ColumnElement[bool]] = []
        if self.actors is not None:
            found.append(AuditEvent.actor.in_(self.actors))
        if self.action:
            found.append(AuditEvent.action == self.action)
        if self.object_refs:
            found += [AuditEvent.object_type.in_(tables()), AuditEvent.object_ref.in_(self.object_refs)]
        if self.since:
            found.append(AuditEvent.at >= self.since)
        if self.until:
            found.append(AuditEvent.at < self.until)
        return found


@dataclass(frozen=True, slots=True)
class Page:
    """Events, the newest first; `newer` and `older` are ids to go on from, None at an end."""

    events: Sequence[AuditEvent]
    newer: int | None
    older: int | None


def page(session: Session, search: Search, *, before: int | None = None, after: int | None = None) -> Page:
    """The newest page; or what is older than the id `before`, or newer than the id `after`."""
    wanted = select(AuditEvent).where(*search.conditions())
    if after is not None:
        newer = wanted.where(AuditEvent.id > after).order_by(AuditEvent.id).limit(PAGE + 1)
        found = session.scalars(newer).all()
        events = found[:PAGE][::-1]
        return Page(events, events[0].id if len(found) > PAGE else None, events[-1].id if events else None)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    found = session.scalars(wanted.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    events = found[:PAGE]
    has_newer = before is not None and events
    return Page(events, events[0].id if has_newer else None, events[-1].id if len(found) > PAGE else None)


def last_verification(session: Session) -> AuditEvent | None:
    """The newest result of a verification, itself an event."""
    told = select(AuditEvent).where(AuditEvent.action == Action.AUDIT_VERIFIED.value)
    return session.scalars(told.order_by(AuditEvent.id.desc()).limit(1)).first()


@cache
def tables() -> tuple[str, ...]:
    """The tables whose rows an event can be about."""
    return tuple(sorted(each.__tablename__ for each in Referenced.__subclasses__()))
