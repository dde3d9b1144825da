"""Passwords: argon2id, slow on purpose, so never inside a unit of work.

A wrong password and an unknown account cost the same: both are one verification.
"""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from dashboard.errors import Invalid
from dashboard.unit import outside

SHORTEST, LONGEST = 12, 200
HASHER = PasswordHasher(time_cost=3, memory_cost=19 * 1024, parallelism=1)
AT_ONCE = BoundedSemaphore(2)


def hashed(password: str) -> str:
    """The argon2id hash of a password that was accepted. Takes tens of milliseconds and 19 MiB.

    Raises:
        Invalid: it is too short, too long, or one letter over and over.
        UnitStillOpen: a unit of work is open.
    """
    outside()
    if problem := refusal(password):
        raise Invalid("password", problem)
    with AT_ONCE:
        return HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password behind `stored`. Without a stored hash it takes as long, and is not."""
    outside()
    with AT_ONCE:
        try:
            return HASHER.verify(stored or nobodys(), password) and stored is not None
        except (VerificationError, InvalidHashError):
            return False


def improved(password: str, stored: str | None) -> str | None:
    """The hash of a right password at today's costs, where `stored` was made at others; else None."""
    outside()
    if not stored or not HASHER.check_needs_rehash(stored):
        return None
    with AT_ONCE:
        return HASHER.hash(password)


def refusal(password: str) -> str | None:
    """Why a new password cannot be taken, or None."""
    if not SHORTEST <= len(password) <= LONGEST:
        return f"Use {SHORTEST} to {LONGEST} characters. A few unrelated words are easy to remember."
    return "Use more than a handful of different characters." if len(set(password)) < 5 else None


@cache
def nobodys() -> str:
    """A hash that no password has, for accounts that do not exist."""
    return HASHER.hash("nobody has this password: it is only here to take as long")
