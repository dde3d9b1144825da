"""Seals: a signed word, each minute and day, that the chain then ended in this hash at this length (AUD-02).

Whoever rewrites the chain, or cuts its end off, would have to sign anew. Each seal is also appended to a file
outside the database, so that cutting both tables short shows too.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.audit import canonical
from dashboard.audit.chain import head, stamp
from dashboard.audit.signing import BadSigningKey, SigningKeys, new_signing_key, read_keys
from dashboard.models import AuditSeal
from dashboard.unit import insert

__all__ = ["BadSigningKey", "Seal", "SigningKeys", "new_signing_key", "read_keys"]

KINDS: dict[str, Callable[[datetime], datetime]] = {
    "minute": lambda now: now.replace(second=0, microsecond=0),
    "day": lambda now: now.replace(hour=0, minute=0, second=0, microsecond=0),
}


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal as it lies outside the database; `at` is a UTC text, `mac` the signature in base64."""

    kind: str
    at: str
    seq: int
    hash: str
    key_id: str
    mac: str

    @classmethod
    def of(cls, row: AuditSeal) -> Seal:
        return cls(row.kind, stamp(row.at), row.seq, row.hash, row.key_id, row.mac)

    @classmethod
    def from_line(cls, line: str) -> Seal:
        """Read one line of a file of seals.

        Raises:
            ValueError: it is no seal.
        """
        try:
            return cls(**json.loads(line))
        except TypeError as error:
            raise ValueError("This line is no seal.") from error

    @property
    def line(self) -> str:
        return canonical(asdict(self))

    def is_signed(self, keys: SigningKeys) -> bool:
        return keys.vouches(self.key_id, statement(self.kind, self.at, self.seq, self.hash), self.mac)


def statement(kind: str, at: str, seq: int, hash: str) -> str:
    """The text that is signed."""
    return "Countersign audit seal\n" + canonical({"kind": kind, "at": at, "seq": seq, "hash": hash})


def due(session: Session, now: datetime) -> list[str]:
    """The kinds of seal to be made at `now`: those whose time has come and whose chain has grown since."""
    end = head(session)
    return [kind for kind in KINDS if _is_due(session, kind, now, end.seq)]


def _is_due(session: Session, kind: str, now: datetime, length: int) -> bool:
    of_kind = select(AuditSeal.seq, AuditSeal.at).where(AuditSeal.kind == kind)
    last = session.execute(of_kind.order_by(AuditSeal.at.desc()).limit(1)).first()
    if last is None:
        return length > 0
    return bool(last.seq < length and last.at != KINDS[kind](now.astimezone(UTC)))


def seal(session: Session, kinds: Iterable[str], keys: SigningKeys, now: datetime) -> None:
    """Seal the chain as it is. A seal that somebody else made in between is left alone."""
    end = head(session)
    for kind in kinds:
        at = KINDS[kind](now.astimezone(UTC))
        mac = keys.sign(statement(kind, stamp(at), end.seq, end.hash))
        row = {"kind": kind, "at": at, "seq": end.seq, "hash": end.hash, "key_id": keys.key_id, "mac": mac}
        session.execute(insert(session, AuditSeal).values(**row).on_conflict_do_nothing())


def recent(session: Session, now: datetime) -> list[Seal]:
    """The seals of this UTC day and the one before, oldest first."""
    since = KINDS["day"](now.astimezone(UTC)) - timedelta(days=1)
    rows = session.scalars(select(AuditSeal).where(AuditSeal.at >= since).order_by(AuditSeal.id))
    return [Seal.of(row) for row in rows]


def keep_outside(folder: Path, seals: Iterable[Seal]) -> None:
    """Append those seals that the folder lacks, one file a UTC day, and have the disk hold them.

    Raises:
        OSError: the folder cannot be written; the next call makes up for it.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    days: dict[str, list[str]] = {}
    for each in seals:
        days.setdefault(each.at[:10], []).append(each.line)
    for day, lines in days.items():
        _append(folder / f"{day}.jsonl", lines)


def _append(file: Path, lines: list[str]) -> None:
    with file.open("a+b") as written:
        written.seek(0)
        text = written.read()
        written.truncate(text.rfind(b"\n") + 1)  # a line that a power cut tore
        known = set(text.decode("ascii", "replace").splitlines())
        written.write("".join(f"{line}\n" for line in lines if line not in known).encode("ascii"))
        written.flush()
        os.fsync(written.fileno())
