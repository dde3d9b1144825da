"""Accounts: what an administrator may do to whom, and what it ends (SEC-01, section 0)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from threading import Barrier, BrokenBarrierError

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.errors import Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import AuditEvent, LinkPurpose, User, UserState
from dashboard.people import accounts, links, sessions
from dashboard.people.accounts import Disabled, LastAdmin, NotOneself
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast

pytestmark = pytest.mark.both


@pytest.fixture
def admin(app: Flask) -> User:
    with writing():
        return cast.person(name="Demo Admin", role=Role.ADMIN)


@pytest.fixture
def clerk(app: Flask) -> User:
    with writing():
        return cast.person()


def again(user: User) -> User:
    """The row as it is now, in the open unit."""
    found = accounts.by_ref(user.ref)
    assert found is not None
    return found


def session_of(user: User, now: datetime) -> str:
    with writing():
        return sessions.start(user, now=now, address=None, agent="")


def is_in(key: str, now: datetime) -> bool:
    with reading():
        return sessions.find(key, now) is not None


def test_an_address_has_one_account_in_any_letter_case(app: Flask, now: datetime):
    with writing():
        accounts.invite("Some.One@example.test", "Some One", Role.BILLING, now=now)

    with pytest.raises(Invalid) as refusal, writing():
        accounts.invite("some.one@EXAMPLE.test ", "Another", Role.BILLING, now=now)
    assert refusal.value.field == "email"


def test_nobody_is_invited_into_an_offices_role_yet(app: Flask, now: datetime):
    for role in (Role.OFFICE_ADMIN, Role.OFFICE_MEMBER):
        with pytest.raises(Invalid), writing():
            accounts.invite("some.one@example.test", "Some One", role, now=now)


def test_a_new_role_ends_the_sessions(admin: User, clerk: User, now: datetime):
    key = session_of(clerk, now)

    with writing():
        accounts.change_role(again(clerk), Role.BILLING, by=admin.ref, version=clerk.version, now=now)

    assert not is_in(key, now)


def test_the_same_role_changes_nothing(admin: User, clerk: User, now: datetime):
    key = session_of(clerk, now)

    with writing():
        accounts.change_role(again(clerk), clerk.role, by=admin.ref, version=clerk.version, now=now)

    assert is_in(key, now)


def test_a_role_is_not_saved_over_somebody_elses_change(admin: User, clerk: User, now: datetime):
    with writing():
        accounts.change_role(again(clerk), Role.BILLING, by=admin.ref, version=clerk.version, now=now)

    with pytest.raises(StaleVersion), writing():
        accounts.change_role(again(clerk), Role.ADMIN, by=admin.ref, version=clerk.version, now=now)


def test_staff_do_not_become_an_offices_people(admin: User, clerk: User, now: datetime):
    with pytest.raises(Invalid), writing():
        accounts.change_role(again(clerk), Role.OFFICE_ADMIN, by=admin.ref, version=clerk.version, now=now)


def test_nobody_changes_shuts_or_sets_up_themselves(admin: User, now: datetime):
    with writing():
        cast.person(name="Second Admin", role=Role.ADMIN)

    with pytest.raises(NotOneself), writing():
        accounts.change_role(again(admin), Role.BILLING, by=admin.ref, version=admin.version, now=now)
    with pytest.raises(NotOneself), writing():
        accounts.disable(again(admin), by=admin.ref, now=now)
    with pytest.raises(NotOneself), writing():
        accounts.set_up_anew(again(admin), by=admin.ref, now=now)


def test_the_last_administrator_stays(admin: User, clerk: User, now: datetime):
    with pytest.raises(LastAdmin), writing():
        accounts.change_role(again(admin), Role.BILLING, by=clerk.ref, version=admin.version, now=now)
    with pytest.raises(LastAdmin), writing():
        accounts.disable(again(admin), by=clerk.ref, now=now)
    with pytest.raises(LastAdmin), writing():
        accounts.set_up_anew(again(admin), by=clerk.ref, now=now)


def test_two_administrators_who_shut_each_other_at_once_leave_one(app: Flask, now: datetime):
    with writing():
        pair = [cast.person(name=name, role=Role.ADMIN) for name in ("First Admin", "Second Admin")]
    both = Barrier(2)

    def shut(user: User) -> bool:
        with app.app_context():
            try:
                with writing(), suppress(BrokenBarrierError):
                    accounts.disable(again(user), by="", now=now)
                    both.wait(timeout=0.5)
            except LastAdmin:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(shut, pair)) == [False, True]


def test_a_shut_administrator_does_not_count_as_one(admin: User, clerk: User, now: datetime):
    with writing():
        other = cast.person(name="Second Admin", role=Role.ADMIN)
        accounts.disable(other, by=clerk.ref, now=now)

    with pytest.raises(LastAdmin), writing():
        accounts.disable(again(admin), by=clerk.ref, now=now)


def test_shutting_an_account_ends_its_sessions(admin: User, clerk: User, now: datetime):
    key = session_of(clerk, now)

    with writing():
        accounts.disable(again(clerk), by=admin.ref, now=now)

    assert not is_in(key, now)


def test_an_account_that_was_never_accepted_is_opened_as_invited(admin: User, now: datetime):
    with writing():
        user = accounts.invite("some.one@example.test", "Some One", Role.BILLING, now=now)
        accounts.disable(user, by=admin.ref, now=now)
        accounts.enable(user)

        assert user.state is UserState.INVITED


def test_setting_up_anew_takes_both_factors_and_ends_the_sessions(admin: User, clerk: User, now: datetime):
    key = session_of(clerk, now)
    with writing():
        accounts.set_up_anew(again(clerk), by=admin.ref, now=now)

    assert not is_in(key, now)
    with reading():
        user = again(clerk)
        assert (user.state, user.password_hash, user.totp_secret) == (UserState.INVITED, None, None)


def test_a_shut_account_is_not_set_up_anew(admin: User, clerk: User, now: datetime):
    with writing():
        accounts.disable(again(clerk), by=admin.ref, now=now)

    with pytest.raises(Disabled), writing():
        accounts.set_up_anew(again(clerk), by=admin.ref, now=now)


def test_a_new_password_ends_every_session_but_the_one_it_was_changed_in(clerk: User, now: datetime):
    here, elsewhere = session_of(clerk, now), session_of(clerk, now)
    with reading():
        found = sessions.find(here, now)
    assert found is not None

    with writing():
        accounts.change_password(again(clerk), "new hash", now=now, but=found.session_id)

    assert is_in(here, now)
    assert not is_in(elsewhere, now)


def test_shutting_an_account_and_a_new_password_end_the_links_too(admin: User, clerk: User, now: datetime):
    def opens(raw: str) -> bool:
        try:
            links.person_of(raw, LinkPurpose.PASSWORD_RESET, now)
        except links.LinkIsOver:
            return False
        return True

    with writing():
        user = again(clerk)
        first = links.issue(user, LinkPurpose.PASSWORD_RESET, now)
        accounts.change_password(user, "new hash", now=now)
        second = links.issue(user, LinkPurpose.PASSWORD_RESET, now)
        accounts.disable(user, by=admin.ref, now=now)
        user.state = UserState.ACTIVE

        assert not opens(first)
        assert not opens(second)


def test_no_name_or_address_stands_in_the_audit_trail(admin: User, now: datetime):
    with writing():
        user = accounts.invite("very.findable@example.test", "Findable Person", Role.BILLING, now=now)
        accounts.change_role(user, Role.REVIEWER, by=admin.ref, version=user.version, now=now)
        accounts.disable(user, by=admin.ref, now=now)
    with reading():
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()

    assert [row.action for row in rows] == ["user invited", "user changed", "user disabled"]
    assert {row.object_ref for row in rows} == {user.ref}
    said = " ".join(str(vars(row)) for row in rows).casefold()
    assert "findable" not in said
