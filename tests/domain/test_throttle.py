"""The throttle: slow for who guesses, open for who is at home (SEC-01)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from dashboard.people import throttle
from dashboard.people.throttle import Place, TooManyTries
from dashboard.unit import writing

pytestmark = pytest.mark.both
VICTIM, OTHER = b"victim", b"other"
THERE = throttle.place("198.51.100.7", None)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _database(app: Flask) -> None:
    """Every test counts in an empty database."""


def tried(subject: bytes = VICTIM, at: Place = THERE, *, now: datetime, kind: str = "password") -> int:
    """The wait in seconds that the next try would be told, having made it if there is none."""
    try:
        with writing():
            throttle.attempt(kind, subject, at, now)
    except TooManyTries as wait:
        return wait.seconds
    return 0


def test_a_few_wrong_tries_cost_nothing(now: datetime):
    assert [tried(now=now) for _ in range(4)] == [0, 0, 0, 0]


def test_each_further_one_waits_twice_as_long(now: datetime):
    for _ in range(4):
        tried(now=now)

    waits = []
    for _ in range(6):
        waits.append(tried(now=now))
        now += waits[-1] * SECOND
        assert tried(now=now) == 0

    assert waits == [1, 2, 4, 8, 16, 32]


def test_a_refused_try_does_not_prolong_the_wait(now: datetime):
    for _ in range(5):
        tried(now=now)

    assert tried(now=now) == tried(now=now) == 1


def test_what_lies_a_quarter_of_an_hour_back_is_forgiven(now: datetime):
    for _ in range(4):
        tried(now=now)

    assert tried(now=now) == 1
    assert tried(now=now + throttle.WINDOW) == 0


def test_another_place_does_not_pay_for_the_attacker(now: datetime):
    for _ in range(4):
        tried(now=now)

    assert tried(now=now) > 0
    assert tried(at=throttle.place("203.0.113.9", None), now=now) == 0


def test_one_place_that_tries_many_accounts_is_slowed(now: datetime):
    waits = [tried(f"account {number}".encode(), now=now) for number in range(21)]

    assert waits == [0] * 20 + [1]


def test_an_account_tried_from_everywhere_is_slowed_but_its_known_browser_is_not(now: datetime):
    everywhere = [throttle.place(f"198.51.100.{number}", None) for number in range(31)]
    at_home = throttle.place("198.51.100.200", "a1b2")

    assert [tried(at=place, now=now) for place in everywhere] == [0] * 30 + [1]
    assert tried(at=at_home, now=now) == 0
    assert tried(OTHER, at=everywhere[30], now=now) == 0


def test_from_everywhere_a_password_never_waits_longer_than_half_a_minute(now: datetime):
    waits = []
    for number in range(80):
        waits.append(tried(at=throttle.place(f"203.0.113.{number}", None), now=now))
        now += waits[-1] * SECOND

    assert max(waits) == 30


def test_six_digits_are_guarded_harder_than_passwords(now: datetime):
    everywhere = [throttle.place(f"198.51.100.{number}", None) for number in range(11)]

    assert [tried(at=place, now=now, kind="code") for place in everywhere] == [0] * 10 + [1]


def test_being_right_in_the_end_clears_this_place_only(now: datetime):
    for _ in range(4):
        tried(now=now)
        tried(OTHER, now=now)
    with writing():
        throttle.succeeded("password", VICTIM, THERE)

    assert tried(now=now) == 0
    assert tried(OTHER, now=now) > 0


def test_a_house_of_ipv6_addresses_is_one_place():
    assert throttle.place("2001:db8:1:2::5", None) == throttle.place("2001:db8:1:2:ffff::9", None)
    assert throttle.place("2001:db8:1:2::5", None) != throttle.place("2001:db8:1:3::5", None)
    assert throttle.place("::ffff:198.51.100.7", None) == THERE


def test_a_hundred_at_once_count_as_a_hundred(app: Flask, now: datetime):
    with writing():
        for _ in range(4):
            throttle.attempt("password", VICTIM, THERE, now)

        with pytest.raises(TooManyTries):
            throttle.attempt("password", VICTIM, THERE, now)


def test_the_wait_is_told_in_words(now: datetime):
    assert "Wait 1 second," in str(TooManyTries(SECOND))
    assert "Wait 40 seconds," in str(TooManyTries(40 * SECOND))
    assert "Wait 15 minutes," in str(TooManyTries(throttle.LONGEST_WAIT))
