"""Exports: a stretch of the chain with its seals in one file, verified offline with the public key (AUD-02).

One JSON object a line: a head, then each link with its event, each seal behind the link it seals, and an end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.audit import canonical
from dashboard.audit.chain import GENESIS
from dashboard.audit.seals import Seal
from dashboard.audit.signing import SigningKeys
from dashboard.audit.verify import chunks
from dashboard.audit.walk import Place, Walk
from dashboard.models import AuditEvent, AuditLink, AuditSeal
from dashboard.unit import reading

FORMAT = "Countersign audit export 1"
IN_FILE = "in this file"


class NotAnExport(ValueError):
    """The file is no export of the audit trail, or was damaged beyond reading."""


class Stretch(NamedTuple):
    """The links that an export holds: from seq `first` to seq `last`, both included."""

    first: int
    last: int

    @property
    def rows(self) -> int:
        return max(0, self.last - self.first + 1)


def stretch(session: Session, since: datetime | None = None, until: datetime | None = None) -> Stretch:
    """The shortest unbroken stretch that holds every linked event of a time (UTC, both included)."""
    wanted = select(func.min(AuditLink.seq), func.max(AuditLink.seq))
    if since or until:
        wanted = wanted.join_from(AuditLink, AuditEvent, AuditLink.event_id == AuditEvent.id)
    if since:
        wanted = wanted.where(AuditEvent.at >= since)
    if until:
        wanted = wanted.where(AuditEvent.at <= until)
    first, last = session.execute(wanted).one()
    return Stretch(first or 1, last or 0)


def lines(part: Stretch, keys: SigningKeys) -> Iterator[str]:
    """The export, line by line. Opens a short reading unit for each chunk, none while a line is handed on."""
    with reading() as session:
        before = session.scalar(select(AuditLink.hash).where(AuditLink.seq == part.first - 1)) or GENESIS
    about = {"format": FORMAT, "first": part.first, "last": part.last, "previous": before}
    yield _line({**about, "public_keys": keys.public_pem()})
    after = part.first - 1
    while after < part.last:
        with reading() as session:
            places = next(chunks(session, after=after, to=part.last), [])
            seals = _seals(session, after, places[-1].seq) if places else {}
        if not places:
            break
        for place in places:
            yield _line({"link": asdict(place)})
            yield from (_line({"seal": asdict(seal)}) for seal in seals.get(place.seq, ()))
        after = places[-1].seq
    yield _line({"end": after})


def verify_export(file: Iterable[str], keys: SigningKeys) -> Walk:
    """Check an export with keys that the reader trusts, line by line.

    Raises:
        NotAnExport: a line cannot be read.
    """
    objects = _objects(file)
    about = next(objects, {})
    if about.get("format") != FORMAT:
        raise NotAnExport("This file is no export of the audit trail.")
    walk = Walk(keys, last=int(about["first"]) - 1, hash=str(about["previous"]))
    ended = False
    for each in objects:
        ended = "end" in each
        _take(walk, each)
    if not ended or walk.last != about["last"]:
        walk.fault(walk.last, "the file was cut: it ends here")
    if walk.links and not walk.sealed:
        walk.fault(walk.last, "no seal by a known key vouches for any of this file")
    return walk


def _take(walk: Walk, each: dict[str, Any]) -> None:
    try:
        if "link" in each:
            walk.take(Place(**each["link"]))
        elif "seal" in each:
            seal = Seal(**each["seal"])
            walk.check(seal, walk.hash if seal.seq == walk.last else None, IN_FILE)
    except (TypeError, AttributeError) as error:
        raise NotAnExport("A line of this file has parts that an export has not.") from error


def _seals(session: Session, after: int, to: int) -> dict[int, list[Seal]]:
    found: dict[int, list[Seal]] = {}
    wanted = select(AuditSeal).where(AuditSeal.seq > after, AuditSeal.seq <= to).order_by(AuditSeal.id)
    for row in session.scalars(wanted):
        found.setdefault(row.seq, []).append(Seal.of(row))
    return found


def _objects(file: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(file, 1):
        try:
            found = json.loads(line)
        except ValueError as error:
            raise NotAnExport(f"Line {number} cannot be read.") from error
        if not isinstance(found, dict):
            raise NotAnExport(f"Line {number} is no object.")
        yield found


def _line(said: dict[str, Any]) -> str:
    return canonical(said) + "\n"
