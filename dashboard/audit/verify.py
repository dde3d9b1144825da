"""Verifying the audit trail in the database, against itself and the seals kept outside (spec AUD-02)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from dashboard.audit.chain import CHUNK, COLUMNS, Waiting, head, told, waiting
from dashboard.audit.seals import Seal
from dashboard.audit.signing import SigningKeys
from dashboard.audit.walk import Fault, Place, Walk
from dashboard.models import AuditEvent, AuditLink, AuditSeal

IN, OUT = "in the database", "outside"


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification saw; `waiting` are the newest events, which no link holds yet."""

    links: int
    seals: int
    faults: Sequence[Fault]
    total_faults: int
    waiting: Waiting

    @property
    def is_sound(self) -> bool:
        return self.total_faults == 0


def verify(session: Session, keys: SigningKeys, folder: Path) -> Report:
    """Check the whole chain. `folder` holds the seals outside; the unit has asked nothing else yet.

    What is appended meanwhile is left for the next time, so a chain that grows is not taken for a broken one.
    """
    files = [(file, file.stat().st_size) for file in sorted(folder.glob("*.jsonl"))]
    newest_seal = session.scalar(select(func.max(AuditSeal.id))) or 0
    walk, end = Walk(keys), head(session).seq
    for places in chunks(session, to=end):
        _take(session, walk, places, newest_seal)
    for seal in _seals(session, newest_seal, end, None):
        walk.check(seal, None, IN)
    for file, size in files:
        _check_file(session, walk, file, size)
    return Report(walk.links, walk.seals, walk.faults(), walk.total, waiting(session))


def chunks(session: Session, *, after: int = 0, to: int) -> Iterator[list[Place]]:
    """The chain's places after seq `after` up to `to`, some thousands at a time."""
    wanted = select(AuditLink.seq, AuditLink.event_id, AuditLink.previous, AuditLink.hash, *COLUMNS)
    joined = wanted.outerjoin_from(AuditLink, AuditEvent, AuditLink.event_id == AuditEvent.id)
    while after < to:
        some = joined.where(AuditLink.seq > after, AuditLink.seq <= to).order_by(AuditLink.seq).limit(CHUNK)
        rows = session.execute(some).all()
        if not rows:
            return
        yield [_place(row) for row in rows]
        after = rows[-1].seq


def _place(row: Row[Any]) -> Place:
    gone = row._mapping[AuditEvent.__table__.c.id] is None
    return Place(row.seq, row.event_id, row.previous, row.hash, None if gone else told(row))


def _take(session: Session, walk: Walk, places: Sequence[Place], newest_seal: int) -> None:
    after = walk.last
    for place in places:
        walk.take(place)
    hashes = {place.seq: place.hash for place in places}
    for seal in _seals(session, newest_seal, after, walk.last):
        walk.check(seal, hashes.get(seal.seq), IN)


def _seals(session: Session, newest: int, after: int, to: int | None) -> Iterator[Seal]:
    wanted = select(AuditSeal).where(AuditSeal.id <= newest, AuditSeal.seq > after)
    if to is not None:
        wanted = wanted.where(AuditSeal.seq <= to)
    return (Seal.of(row) for row in session.scalars(wanted.order_by(AuditSeal.seq)))


def _check_file(session: Session, walk: Walk, file: Path, size: int) -> None:
    """One day's seals outside: signed, true of the chain, and still in the database."""
    with file.open("rb") as opened:
        lines = opened.read(size).decode("ascii", "replace").splitlines()
    seals = [seal for number, line in enumerate(lines, 1) if (seal := _read(walk, file, number, line))]
    places = select(AuditLink.seq, AuditLink.hash).where(AuditLink.seq.in_({seal.seq for seal in seals}))
    hashes = dict(session.execute(places).all())
    known = set(session.scalars(select(AuditSeal.mac).where(AuditSeal.mac.in_({seal.mac for seal in seals}))))
    for seal in seals:
        walk.check(seal, hashes.get(seal.seq), OUT)
        if seal.mac not in known:
            text = f"the {seal.kind} seal of {seal.at}, kept outside, was deleted from the database"
            walk.fault(seal.seq, text)


def _read(walk: Walk, file: Path, number: int, line: str) -> Seal | None:
    try:
        return Seal.from_line(line)
    except ValueError:
        walk.fault(0, f"line {number} of {file.name}, outside the database, is no seal")
        return None
