"""How often somebody may be wrong, counted in the database (spec SEC-01).

Two counts grow within 15 minutes: how often one *place* was wrong about one account, and how often one place
was wrong at all. Past the free tries each further one must wait twice as long as the one before it. A third
count, of an account from all places together, slows an attack spread over many addresses.

A place is an address or, where the account was fully signed in on this browser before, the browser. A known
browser answers only for itself, so nobody can lock its owner out from elsewhere; a password reset by mail
makes a browser known, which is the way in for an owner under attack at a new machine.

An attempt is written down before it is checked and taken back if it was right: a hundred at once count as a
hundred.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from math import ceil

from sqlalchemy import ColumnElement, delete, func, select

from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import FailedAttempt
from dashboard.people.changes import changed

WINDOW = timedelta(minutes=15)
LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Limits:
    """Free tries of a place about an account, of a place in all, and about an account from everywhere."""

    here: int = 4
    at_place: int = 20
    everywhere: int = 30
    longest_everywhere: timedelta = timedelta(seconds=30)


# Six digits can be guessed by whoever has the password; who waits too long has recovery codes, counted apart.
LIMITS = {"code": Limits(everywhere=10, longest_everywhere=LONGEST_WAIT)}
USUAL = Limits()


class TooManyTries(DomainError):
    """Wait `seconds`, then try again."""

    status = 429
    code = "TOO_MANY_TRIES"

    def __init__(self, wait: timedelta) -> None:
        self.seconds = max(1, ceil(wait.total_seconds()))
        super().__init__(f"Too many wrong tries. Wait {_words(self.seconds)}, then try again.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an attempt comes from. A known browser is a place of its own, apart from its address."""

    name: str
    is_known: bool


def place(address: str | None, device: str | None) -> Place:
    """The place to count for: a known device, else the address; of an IPv6 address its /64, one house."""
    if device:
        return Place(f"device {device}", is_known=True)
    return Place(_network(address or "nowhere"), is_known=False)


def attempt(kind: str, subject: bytes, at: Place, now: datetime) -> int:
    """Count a try before it is made; gives its number, for `succeeded`.

    `kind` is what is tried ("password", "code"), `subject` whose it is (an account's blind index).

    Raises:
        TooManyTries: it must wait; nothing was counted.
    """
    wait = max(_waits(kind, subject, at, now))
    if wait > timedelta():
        raise TooManyTries(wait)
    row = FailedAttempt(kind=kind, subject=subject, address=at.name, at=now)
    db.session.add(row)
    db.session.flush()
    return row.id


def succeeded(kind: str, subject: bytes, at: Place) -> None:
    """Forget what this place got wrong about this account: the person was right in the end."""
    mine = (FailedAttempt.kind == kind, FailedAttempt.subject == subject, FailedAttempt.address == at.name)
    changed(delete(FailedAttempt).where(*mine))


def _waits(kind: str, subject: bytes, at: Place, now: datetime) -> list[timedelta]:
    here, about = FailedAttempt.address == at.name, FailedAttempt.subject == subject
    limits = LIMITS.get(kind, USUAL)
    waits = [_wait(_wrong(kind, now, here, about), limits.here, LONGEST_WAIT, now)]
    if not at.is_known:
        known = FailedAttempt.address.startswith("device ", autoescape=True)
        waits.append(_wait(_wrong(kind, now, here), limits.at_place, LONGEST_WAIT, now))
        waits.append(
            _wait(_wrong(kind, now, about, ~known), limits.everywhere, limits.longest_everywhere, now)
        )
    return waits


def _wrong(kind: str, now: datetime, *which: ColumnElement[bool]) -> tuple[int, datetime | None]:
    """How often within the window, and when last."""
    recent = (FailedAttempt.kind == kind, FailedAttempt.at > now - WINDOW, *which)
    count, last = db.session.execute(select(func.count(), func.max(FailedAttempt.at)).where(*recent)).one()
    return count, last


def _wait(wrong: tuple[int, datetime | None], free: int, longest: timedelta, now: datetime) -> timedelta:
    """1, 2, 4 ... seconds after the last one, once the free tries are used up."""
    count, last = wrong
    if last is None or count < free:
        return timedelta()
    return min(timedelta(seconds=2 ** min(count - free, 20)), longest) - (now - last)


def _network(address: str) -> str:
    try:
        known = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(known, IPv6Address) and not known.ipv4_mapped:
        return str(IPv6Address(int(known) >> 64 << 64)) + "/64"
    return str(getattr(known, "ipv4_mapped", None) or known)


def _words(seconds: int) -> str:
    if seconds < 60:
        return "1 second" if seconds == 1 else f"{seconds} seconds"
    return "1 minute" if seconds == 60 else f"{ceil(seconds / 60)} minutes"
