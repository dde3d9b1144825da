"""Passwords: argon2id, outside of units, the same time for nobody (SEC-01)."""

from __future__ import annotations

import statistics
import time

import pytest
from argon2 import PasswordHasher
from flask import Flask

from dashboard.errors import Invalid
from dashboard.people import passwords
from dashboard.unit import UnitStillOpen, writing

GOOD = "quiet lamp over seven hills"


def test_a_password_is_kept_as_argon2id_and_opens_only_by_itself():
    stored = passwords.hashed(GOOD)

    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert passwords.matches(GOOD, stored)
    assert not passwords.matches(GOOD + " ", stored)


def test_the_same_password_is_never_kept_twice_alike():
    assert passwords.hashed(GOOD) != passwords.hashed(GOOD)


@pytest.mark.parametrize("weak", ["", "elevenchars", "a" * 40, "x" * 201])
def test_a_weak_password_is_refused_with_a_way_out(weak: str):
    with pytest.raises(Invalid) as refusal:
        passwords.hashed(weak)

    assert refusal.value.field == "password"


def test_without_an_account_nothing_matches_and_it_takes_as_long():
    stored = passwords.hashed(GOOD)
    passwords.nobodys()

    def took(stored: str | None) -> float:
        """Of a processor's time: how busy the machine is does not count."""
        begin = time.process_time()
        passwords.matches("some other words here", stored)
        return time.process_time() - begin

    known, unknown = zip(*((took(stored), took(None)) for _ in range(7)), strict=True)
    assert not passwords.matches("some other words here", None)
    assert 0.5 < statistics.median(known) / statistics.median(unknown) < 2


def test_nobodys_hash_opens_to_no_password_at_all():
    secret = "nobody has this password: it is only here to take as long"

    assert not passwords.matches(secret, None)


def test_a_hash_of_other_costs_is_made_anew_for_the_right_password():
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD)

    better = passwords.improved(GOOD, cheap)

    assert better is not None
    assert passwords.matches(GOOD, better)
    assert passwords.improved(GOOD, better) is None


def test_hashing_inside_a_unit_of_work_is_refused(app: Flask):
    with pytest.raises(UnitStillOpen), writing():
        passwords.matches(GOOD, None)
    with pytest.raises(UnitStillOpen), writing():
        passwords.hashed(GOOD)
