"""The second factor: a code once, a recovery code once, nothing of either at rest in the clear (SEC-01)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import RecoveryCode, User
from dashboard.people import accounts, second_factor
from dashboard.unit import reading, writing
from tests.support import cast

pytestmark = pytest.mark.both
STEP = timedelta(seconds=30)


@pytest.fixture
def owner(app: Flask) -> User:
    """A person with an app."""
    with writing():
        user = cast.person()
        user.totp_secret = second_factor.new_secret()
    return user


def spent(owner: User, code: str, at: datetime) -> bool:
    with writing():
        user = accounts.by_ref(owner.ref)
        assert user is not None
        return second_factor.spend_code(user, code, at)


def test_a_code_works_once(owner: User, now: datetime):
    code = second_factor.code_at(owner.totp_secret or "", now)

    assert spent(owner, code, now)
    assert not spent(owner, code, now)
    assert not spent(owner, code, now + STEP)


def test_a_code_older_than_the_last_one_used_is_refused(owner: User, now: datetime):
    older, newer = (second_factor.code_at(owner.totp_secret or "", at) for at in (now - STEP, now))

    assert spent(owner, newer, now)
    assert not spent(owner, older, now)


def test_a_clock_half_a_minute_off_is_forgiven_and_a_minute_is_not(owner: User, now: datetime):
    secret = owner.totp_secret or ""

    assert second_factor.step_of(secret, second_factor.code_at(secret, now - STEP), now)
    assert second_factor.step_of(secret, second_factor.code_at(secret, now + STEP), now)
    assert not second_factor.step_of(secret, second_factor.code_at(secret, now - 2 * STEP), now)


@pytest.mark.parametrize("typed", ["", "000000 ", "abcdef", "١٢٣٤٥٦", "12345", "1234567", "ß"])
def test_what_is_no_code_is_refused(owner: User, typed: str, now: datetime):
    assert second_factor.step_of("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", typed, now) is None


def test_a_code_typed_with_a_space_works(owner: User, now: datetime):
    code = second_factor.code_at(owner.totp_secret or "", now)

    assert spent(owner, f" {code[:3]} {code[3:]} ", now)


def test_of_eight_at_once_with_one_code_one_gets_in(owner: User, app: Flask, now: datetime):
    code, start = second_factor.code_at(owner.totp_secret or "", now), Barrier(8)

    def race(_: int) -> bool:
        with app.app_context():
            start.wait()
            return spent(owner, code, now)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, range(8))) == [False] * 7 + [True]


def test_each_recovery_code_works_once_however_it_is_typed(owner: User, now: datetime):
    with writing():
        user = accounts.by_ref(owner.ref)
        assert user is not None
        first, second, *others = second_factor.new_recovery_codes(user)

    with writing():
        assert second_factor.spend_recovery_code(owner, first.upper().replace("-", " "), now)
        assert not second_factor.spend_recovery_code(owner, first, now)
        assert second_factor.spend_recovery_code(owner, second, now)
    with reading():
        assert second_factor.recovery_codes_left(owner.id) == len(others) == 8


def test_new_recovery_codes_end_the_old_ones(owner: User, now: datetime):
    with writing():
        old = second_factor.new_recovery_codes(owner)
        second_factor.new_recovery_codes(owner)

        assert not second_factor.spend_recovery_code(owner, old[0], now)


def test_a_recovery_code_opens_its_own_account_only(owner: User, now: datetime):
    with writing():
        other = cast.person(name="Demo Reviewer")
        codes = second_factor.new_recovery_codes(owner)
        digests = [row.digest for row in db.session.scalars(select(RecoveryCode))]

        assert not second_factor.spend_recovery_code(other, codes[0], now)
    assert not any(code.replace("-", "").encode() in digest for code in codes for digest in digests)


def test_the_secret_rests_sealed(owner: User):
    with reading():
        stored = db.session.connection().exec_driver_sql("SELECT totp_secret FROM users").scalar_one()

    assert (owner.totp_secret or "").encode() not in bytes(stored)
