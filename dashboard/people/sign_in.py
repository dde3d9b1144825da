"""Signing in, step by step, as the database sees it. The slow part, argon2, lies between two of these steps.

An unknown address takes the steps of a known one, so neither words nor time tell them apart (spec SEC-01).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dashboard import audit
from dashboard.audit import Action
from dashboard.models import User, UserState
from dashboard.people import accounts, second_factor, sessions, throttle
from dashboard.people.throttle import Place
from dashboard.tokens import digest


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody says whose address is theirs. `stored` is the hash to compare with, if there is one."""

    email_index: bytes
    ref: str | None
    stored: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class HalfIn:
    """Whose password was right. `mark` changes with the password, so that an old half step opens nothing."""

    ref: str
    mark: str


def claim(email: str, place: Place, now: datetime) -> Claim:
    """Count the try and find the account.

    Raises:
        TooManyTries: it must wait.
    """
    index = accounts.email_index(email)
    throttle.attempt("password", index, place, now)
    return _claim(index, accounts.by_email(email))


def claim_of(user: User, place: Place, now: datetime) -> Claim:
    """The same for somebody who is signed in and gives their password again.

    Raises:
        TooManyTries: they must wait.
    """
    throttle.attempt("password", user.email_index, place, now)
    return _claim(user.email_index, user)


def half_in(claim: Claim, place: Place, *, is_right: bool, better: str | None = None) -> HalfIn | None:
    """The password was compared: go on to the second step, or leave a trace of the refusal.

    `better` is a costlier hash of the right password, to be kept instead.
    """
    user = accounts.by_ref(claim.ref or "")
    if user is None or not is_right or not claim.is_active:
        refused("password" if claim.is_active else "account", user)
        return None
    throttle.succeeded("password", claim.email_index, place)
    if better and user.password_hash == claim.stored:
        user.password_hash = better
    return HalfIn(user.ref, mark_of(user))


def refused(reason: str, user: User | None = None) -> None:
    """Leave a trace of a sign-in that failed. Of an address without an account nothing is kept."""
    audit.record(Action.SIGN_IN_FAILED, user, outcome="refused", reason=reason)


def person(half: HalfIn) -> User | None:
    """Who may give the second factor now; None if they were shut out or changed their password meanwhile."""
    user = accounts.by_ref(half.ref)
    if user is None or user.state is not UserState.ACTIVE or mark_of(user) != half.mark:
        return None
    return user


def second_factor_of(
    user: User, typed: str, place: Place, *, now: datetime, real_time: datetime
) -> str | None:
    """Use up the code; gives the kind of factor ("code", "recovery"), or None, with a trace, if it is wrong.

    The app's codes go by `real_time`: a phone knows nothing of a demo's moved clock.

    Raises:
        TooManyTries: it must wait; the code is not used.
    """
    kind = "code" if "".join(typed.split()).isdecimal() else "recovery"
    throttle.attempt(kind, user.email_index, place, now)
    if not _spent(kind, user, typed, now, real_time):
        refused(kind, user)
        return None
    throttle.succeeded(kind, user.email_index, place)
    return kind


def enter(user: User, *, factor: str, now: datetime, address: str | None, agent: str) -> str:
    """Both factors were right: a new session; gives the cookie's value."""
    accounts.was_here(user.id, now)
    audit.record(Action.SIGNED_IN, user, changes={"factor": factor})
    return sessions.start(user, now=now, address=address, agent=agent)


def _claim(index: bytes, user: User | None) -> Claim:
    if user is None:
        return Claim(index, None, None, is_active=False)
    return Claim(index, user.ref, user.password_hash, user.state is UserState.ACTIVE)


def mark_of(user: User) -> str:
    return digest(user.password_hash or "").hex()[:16]


def _spent(kind: str, user: User, typed: str, now: datetime, real_time: datetime) -> bool:
    if kind == "code":
        return second_factor.spend_code(user, typed, real_time)
    return second_factor.spend_recovery_code(user, typed, now)
