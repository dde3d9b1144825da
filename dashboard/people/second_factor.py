"""The second factor: codes of an app (TOTP), each good once, and recovery codes (spec SEC-01)."""

from __future__ import annotations

import secrets
from datetime import datetime

import pyotp
from sqlalchemy import delete, func, select, update

from dashboard.crypto import blind_index
from dashboard.extensions import db
from dashboard.models import RecoveryCode, User
from dashboard.people.changes import changed

STEP = 30
DRIFT = 1
CODES = 10
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP = 4, 4


def new_secret() -> str:
    """160 random bits in base32, as the apps read them."""
    return pyotp.random_base32()


def address_of(secret: str, account: str) -> str:
    """What the QR code says: an `otpauth:` address for the app, under the account's email."""
    return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=account, issuer_name="Countersign")


def code_at(secret: str, at: datetime) -> str:
    """The six digits that the app shows at `at`."""
    return pyotp.TOTP(secret, interval=STEP).at(at)


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The 30-second step that this code belongs to, a step early or late allowed; None if it is of none."""
    typed = "".join(code.split())
    this = int(at.timestamp()) // STEP
    steps = range(this - DRIFT, this + DRIFT + 1)
    found = [step for step in steps if secrets.compare_digest(_digits(secret, step), typed.encode())]
    return found[-1] if found else None


def spend_code(user: User, code: str, at: datetime) -> bool:
    """Whether this is the app's code, not used before; it is used now. Needs a writing unit.

    A step that was used once, or lies before one that was, is refused, however many ask at the same time.
    """
    step = step_of(user.totp_secret, code, at) if user.totp_secret else None
    if step is None:
        return False
    unused = update(User).where(User.id == user.id, User.totp_last_step < step).values(totp_last_step=step)
    return changed(unused) == 1


def spend_recovery_code(user: User, typed: str, now: datetime) -> bool:
    """Whether this is one of the person's recovery codes, not used before; it is used now."""
    mine = (RecoveryCode.user_id == user.id, RecoveryCode.digest == _digest(user, typed))
    return changed(update(RecoveryCode).where(*mine, RecoveryCode.used_at.is_(None)).values(used_at=now)) == 1


def new_recovery_codes(user: User) -> list[str]:
    """Ten codes in place of all earlier ones. They are shown now or never: only keyed hashes stay."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    codes = [_recovery_code() for _ in range(CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=_digest(user, code)) for code in codes)
    return codes


def recovery_codes_left(user_id: int) -> int:
    """How many of the person's recovery codes nobody has used."""
    unused = (RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(*unused)) or 0


def _digits(secret: str, step: int) -> bytes:
    return pyotp.TOTP(secret, interval=STEP).generate_otp(step).encode()


def _recovery_code() -> str:
    """16 letters that cannot be misread, in fours: 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def _digest(user: User, typed: str) -> bytes:
    letters = "".join(letter for letter in typed.casefold() if letter.isalnum())
    return blind_index(letters, purpose="recovery_codes.digest", scope=user.ref)
