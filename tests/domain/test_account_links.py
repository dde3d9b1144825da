"""Links of invitations and resets: once, for a while, for one account, only their hash at rest (SEC-01)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask

from dashboard.extensions import db
from dashboard.models import LinkPurpose, User, UserState
from dashboard.people import links
from dashboard.people.links import LinkIsOver
from dashboard.unit import reading, writing
from tests.support import cast

pytestmark = pytest.mark.both
RESET, INVITE = LinkPurpose.PASSWORD_RESET, LinkPurpose.INVITE


@pytest.fixture
def owner(app: Flask) -> User:
    with writing():
        return cast.person()


def issued(owner: User, now: datetime, purpose: LinkPurpose = RESET) -> str:
    with writing():
        return links.issue(owner, purpose, now)


def opens(raw: str, at: datetime, purpose: LinkPurpose = RESET) -> bool:
    try:
        with reading():
            links.person_of(raw, purpose, at)
    except LinkIsOver:
        return False
    return True


def test_a_link_is_used_once(owner: User, now: datetime):
    raw = issued(owner, now)

    assert opens(raw, now)
    with writing():
        assert links.use(raw, RESET, now).id == owner.id
    assert not opens(raw, now)
    with pytest.raises(LinkIsOver), writing():
        links.use(raw, RESET, now)


def test_a_reset_link_is_good_for_an_hour(owner: User, now: datetime):
    raw = issued(owner, now)

    assert opens(raw, now + timedelta(minutes=59))
    assert not opens(raw, now + timedelta(minutes=60))


def test_a_newer_link_ends_the_older(owner: User, now: datetime):
    older, newer = issued(owner, now), issued(owner, now)

    assert not opens(older, now)
    assert opens(newer, now)


def test_a_link_for_one_thing_does_not_open_the_other(owner: User, now: datetime):
    raw = issued(owner, now)

    assert not opens(raw, now, INVITE)


def test_a_link_to_a_shut_account_opens_nothing(owner: User, now: datetime):
    raw = issued(owner, now)
    with writing():
        db.session.merge(owner).state = UserState.DISABLED

    assert not opens(raw, now)


@pytest.mark.parametrize("guess", ["", "x", "\ud800", "a" * 43])
def test_a_guess_opens_nothing(owner: User, guess: str, now: datetime):
    issued(owner, now)

    assert not opens(guess, now)


def test_only_the_hash_of_a_token_rests(owner: User, now: datetime):
    raw = issued(owner, now)
    with reading():
        rows = db.session.connection().exec_driver_sql("SELECT * FROM account_links").all()

    assert raw not in str(rows)


def test_of_eight_who_use_a_link_at_once_one_does(owner: User, app: Flask, now: datetime):
    raw, start = issued(owner, now), Barrier(8)

    def race(_: int) -> bool:
        with app.app_context():
            start.wait()
            try:
                with writing():
                    links.use(raw, RESET, now)
            except LinkIsOver:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(race, range(8))) == [False] * 7 + [True]
