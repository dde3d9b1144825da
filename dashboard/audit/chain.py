"""The chain: each event is linked once, behind the one before, by a hash over all it says (spec AUD-02).

Events are written plainly, in the act's own transaction; one sealer links them afterwards. Ids commit out of
order on PostgreSQL, so the order of the chain is the order of linking, not that of ids.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, func, insert, select
from sqlalchemy.orm import Session

from dashboard.audit import canonical
from dashboard.models import AuditEvent, AuditLink

GENESIS = "0" * 64
CHUNK = 5_000
COLUMNS = tuple(AuditEvent.__table__.columns)


class Head(NamedTuple):
    """Where the chain ends: how many links it has, and the hash of the last."""

    seq: int
    hash: str


def told(event: Row[Any]) -> dict[str, Any]:
    """All that an event says, as plain JSON values; its time in UTC to the microsecond."""
    said = {column.name: event._mapping[column] for column in COLUMNS}
    return said | {"at": stamp(event._mapping[AuditEvent.__table__.c.at])}


def stamp(at: datetime) -> str:
    """An instant as one text for ever: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def digest(seq: int, said: Mapping[str, Any], previous: str) -> str:
    """The hash of one link: over its place, the whole event, and the link before."""
    text = canonical({"seq": seq, "event": said, "previous": previous})
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def head(session: Session) -> Head:
    """The newest link; of an empty chain, (0, GENESIS)."""
    links = select(AuditLink.seq, AuditLink.hash).order_by(AuditLink.seq.desc())
    newest = session.execute(links.limit(1)).first()
    return Head(*newest) if newest else Head(0, GENESIS)


def unlinked(session: Session, *, above: int = 0, at_most: int = CHUNK) -> Sequence[Row[Any]]:
    """The oldest events that no link holds yet, among those with an id above `above`."""
    those = select(*COLUMNS).where(AuditEvent.id > above, ~_linked()).order_by(AuditEvent.id)
    return session.execute(those.limit(at_most)).all()


class Waiting(NamedTuple):
    """What is not linked yet: how many events, and since when the oldest waits (UTC)."""

    events: int
    since: datetime | None


def waiting(session: Session) -> Waiting:
    """How far the chain lags behind the events."""
    counted = session.execute(select(func.count(), func.min(AuditEvent.at)).where(~_linked())).one()
    return Waiting(*counted)


def _linked() -> ColumnElement[bool]:
    return select(AuditLink.seq).where(AuditLink.event_id == AuditEvent.id).exists()


def links_after(end: Head, events: Iterable[Row[Any]]) -> list[dict[str, Any]]:
    """The rows that link these events, in this order, behind `end`."""
    rows, previous = [], end.hash
    for seq, event in enumerate(events, start=end.seq + 1):
        said = told(event)
        row = {"seq": seq, "event_id": said["id"], "previous": previous, "hash": digest(seq, said, previous)}
        rows.append(row)
        previous = row["hash"]
    return rows


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Append links to the chain.

    Raises:
        sqlalchemy.exc.IntegrityError: somebody else linked in between; nothing is forked, look again.
    """
    session.execute(insert(AuditLink), list(rows))
