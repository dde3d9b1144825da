"""Sessions in the database: when they open doors, and what is kept of their key (SEC-01)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from dashboard.extensions import db
from dashboard.models import User, UserState
from dashboard.people import accounts, sessions
from dashboard.people.sessions import SignedIn
from dashboard.rights import Permission, Role
from dashboard.unit import reading, writing
from tests.support import cast

pytestmark = pytest.mark.both
MINUTE = timedelta(minutes=1)


@pytest.fixture
def owner(app: Flask) -> User:
    with writing():
        return cast.person()


def begun(owner: User, now: datetime) -> str:
    with writing():
        return sessions.start(owner, now=now, address="198.51.100.7", agent="x" * 900)


def found(key: str, at: datetime) -> SignedIn | None:
    with reading():
        return sessions.find(key, at)


def test_a_session_opens_by_its_key_alone(owner: User, now: datetime):
    key = begun(owner, now)

    person = found(key, now)

    assert person is not None
    assert (person.user_id, person.ref, person.name, person.role) == (
        owner.id,
        owner.ref,
        owner.name,
        owner.role,
    )
    assert found(key[:-1], now) is None
    assert found("", now) is None


def test_the_key_does_not_rest_in_the_database(owner: User, now: datetime):
    key = begun(owner, now)
    with reading():
        rows = db.session.connection().exec_driver_sql("SELECT * FROM user_sessions").all()

    assert key not in str(rows)


def test_fifteen_silent_minutes_end_it(owner: User, now: datetime):
    key = begun(owner, now)

    assert found(key, now + 15 * MINUTE - timedelta(seconds=1))
    assert not found(key, now + 15 * MINUTE)


def test_being_there_begins_the_quarter_of_an_hour_anew(owner: User, now: datetime):
    key = begun(owner, now)
    person = found(key, now)
    assert person is not None
    with writing():
        sessions.touch(person.session_id, now + 10 * MINUTE)

    assert found(key, now + 24 * MINUTE)


def test_twelve_hours_end_it_however_busy(owner: User, now: datetime):
    key = begun(owner, now)
    person = found(key, now)
    assert person is not None
    with writing():
        sessions.touch(person.session_id, now + timedelta(hours=12))

    assert found(key, now + timedelta(hours=12) - MINUTE)
    assert not found(key, now + timedelta(hours=12))


def test_an_ended_session_is_not_brought_back_by_a_late_request(owner: User, now: datetime):
    key = begun(owner, now)
    person = found(key, now)
    assert person is not None
    with writing():
        sessions.end_own(person, cause="signed out", now=now)
    with writing():
        sessions.touch(person.session_id, now)

    assert not found(key, now)


def test_a_shut_account_has_no_session_even_if_none_was_ended(owner: User, now: datetime):
    key = begun(owner, now)
    with writing():
        db.session.merge(owner).state = UserState.DISABLED

    assert not found(key, now)


def test_a_role_holds_from_the_next_look(owner: User, now: datetime):
    key = begun(owner, now)
    with writing():
        user = accounts.by_ref(owner.ref)
        assert user is not None
        user.role = Role.READ_ONLY

    person = found(key, now)

    assert person is not None
    assert not person.may(Permission.WORK_QUEUE)
    assert person.may("see the queue")


def test_a_step_up_holds_for_ten_minutes(owner: User, now: datetime):
    key = begun(owner, now)
    person = found(key, now)

    assert person is not None
    assert person.has_stepped_up(now + 9 * MINUTE)
    assert not person.has_stepped_up(now + 10 * MINUTE)


def test_nobody_ends_a_session_of_somebody_else(owner: User, now: datetime):
    key = begun(owner, now)
    person = found(key, now)
    assert person is not None
    with writing():
        other = cast.person(name="Demo Reviewer")

        assert not sessions.end_one(other, person.session_id, cause="ended by its person", now=now)
    assert found(key, now)


def test_the_page_lists_live_sessions_only(owner: User, now: datetime):
    begun(owner, now - 16 * MINUTE)
    begun(owner, now)

    with reading():
        assert len(sessions.of(owner.id, now)) == 1
        assert sessions.counts(now) == {owner.id: 1}
