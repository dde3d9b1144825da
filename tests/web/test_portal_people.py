"""An office's administrators keep its people: invited, given a role, shut out, as all accounts are."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dashboard.errors import Invalid
from dashboard.models import AuditEvent, Office, User, UserSession, UserState
from dashboard.people import office_people
from dashboard.people.accounts import LastAdmin
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import cast
from tests.support.outbox import every
from tests.support.pages import posted
from tests.support.portal import an_office, at_the_portal, colleague
from tests.support.signed_in import client_of, signed_in
from tests.web.test_invitations import enrolled, link_in

pytestmark = pytest.mark.both

PEOPLE = "/portal/people"
INVITED = {"name": "Invited Person", "email": "invited@example.test", "role": "office_member"}


@pytest.fixture
def office(app: Flask) -> Office:
    return an_office(patients=0)


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    return at_the_portal(app, office)


def now_is(user: User) -> User:
    with reading() as session:
        return session.get_one(User, user.id)


def by_name(name: str) -> User | None:
    with reading() as session:
        return next((user for user in session.scalars(select(User)) if user.name == name), None)


def test_a_colleague_is_invited_into_the_office_and_begins_at_the_portal(
    app: Flask, admin: FlaskClient, office: Office
) -> None:
    page = posted(admin, PEOPLE, **INVITED)
    invited = by_name("Invited Person")
    assert invited is not None
    assert (invited.office_id, invited.role) == (office.id, Role.OFFICE_MEMBER)

    assert f'href="{PEOPLE}">Done</a>' in page.text
    newcomer = app.test_client()
    codes = enrolled(newcomer, link_in(page)).text

    assert 'href="/portal/">I have kept them' in codes
    assert newcomer.get("/portal/").status_code == 200
    assert newcomer.get(PEOPLE).status_code == 403


def test_an_address_that_has_an_account_elsewhere_is_not_told_where(app: Flask, admin: FlaskClient) -> None:
    with writing():
        stranger = cast.person("Demo Stranger", Role.BILLING)

    answer = posted(admin, PEOPLE, **INVITED | {"email": str(stranger.email)})

    assert answer.status_code == 422
    assert "cannot be invited here" in answer.text
    assert "Demo Stranger" not in answer.text
    assert now_is(stranger).office_id is None


def test_no_role_of_staff_is_given_from_the_portal(admin: FlaskClient, office: Office) -> None:
    assert posted(admin, PEOPLE, **INVITED | {"role": "admin"}).status_code == 422
    assert by_name("Invited Person") is None


def test_a_role_is_changed_and_the_person_signs_in_anew(
    app: Flask, admin: FlaskClient, office: Office
) -> None:
    member = colleague(office, Role.OFFICE_MEMBER)
    theirs = client_of(app, member)

    answer = posted(
        admin, f"{PEOPLE}/{member.ref}/role", role="office_admin", version=str(now_is(member).version)
    )

    assert answer.status_code == 303
    assert now_is(member).role is Role.OFFICE_ADMIN
    assert theirs.get("/portal/").status_code == 401


def test_a_shut_account_lets_nobody_in_until_it_is_opened_again(
    app: Flask, admin: FlaskClient, office: Office
) -> None:
    member = colleague(office, Role.OFFICE_MEMBER)
    theirs = client_of(app, member)
    posted(admin, f"{PEOPLE}/{member.ref}/closure")

    assert now_is(member).state is UserState.DISABLED
    assert theirs.get("/portal/").status_code == 401
    assert posted(admin, f"{PEOPLE}/{member.ref}/reopening").status_code == 303
    assert now_is(member).state is not UserState.DISABLED


@pytest.mark.parametrize("act", ["role", "closure"])
def test_nobody_changes_their_own_account(app: Flask, office: Office, act: str) -> None:
    colleague(office, name="Demo Second")
    boss = colleague(office, name="Demo First")
    mine = client_of(app, boss)

    answer = posted(mine, f"{PEOPLE}/{boss.ref}/{act}", role="office_member", version=str(boss.version))

    assert answer.status_code == 409
    assert (now_is(boss).role, now_is(boss).state) == (Role.OFFICE_ADMIN, UserState.ACTIVE)


def test_an_office_keeps_an_administrator(office: Office) -> None:
    boss = colleague(office)
    with pytest.raises(LastAdmin), writing():
        office_people.disable(boss, by="somebody", now=NOW)
    with pytest.raises(LastAdmin), writing():
        office_people.change_role(boss, Role.OFFICE_MEMBER, by="somebody", version=boss.version, now=NOW)
    other_office = an_office(patients=0)
    colleague(other_office, name="Demo Elsewhere")
    with pytest.raises(LastAdmin), writing():
        office_people.disable(boss, by="somebody", now=NOW)


def test_staff_invite_an_office_s_first_administrator(office: Office) -> None:
    with writing():
        first = office_people.invite(office, "first@example.test", "Demo First", Role.OFFICE_ADMIN, now=NOW)
    assert (first.office_id, first.state) == (office.id, UserState.INVITED)
    with pytest.raises(Invalid), writing():
        office_people.invite(office, "other@example.test", "Demo Other", Role.ADMIN, now=NOW)


@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}/{'0' * 32}/role", f"{PEOPLE}/{'0' * 32}/closure"])
def test_it_needs_a_step_up(admin: FlaskClient, path: str) -> None:
    with writing() as session:
        session.execute(update(UserSession).values(stepped_up_at=None))

    assert "Confirm that it is you" in posted(admin, path, **INVITED).text
    assert by_name("Invited Person") is None


def test_signed_in_already_office_people_begin_at_the_portal_and_staff_at_theirs(
    app: Flask, admin: FlaskClient
) -> None:
    staff, _ = signed_in(app)

    assert admin.get("/login").headers["Location"] == "/portal/"
    assert staff.get("/login").headers["Location"] == "/staff/"


def test_an_office_s_acts_carry_the_office_on_the_trail(
    app: Flask, admin: FlaskClient, office: Office
) -> None:
    posted(admin, PEOPLE, **INVITED)

    (event,) = [event for event in every(AuditEvent) if event.action == "user invited"]
    assert (event.office_id, event.role) == (office.id, "office_admin")
