"""The people page: roles, shutting and opening, and the table of rights as it is enforced (SEC-01)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from dashboard.extensions import db
from dashboard.models import AuditEvent, User, UserSession, UserState
from dashboard.people import accounts
from dashboard.rights import RIGHTS, Permission, Role
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.pages import posted
from tests.support.signed_in import client_of, signed_in

PEOPLE = "/staff/settings/people"
PASSWORD = "quiet lamp over seven hills"
INVITED = {"name": "Invited Person", "email": "invited@example.test", "role": "billing"}


@pytest.fixture
def admin(app: Flask) -> FlaskClient:
    return signed_in(app, Role.ADMIN)[0]


@pytest.fixture
def clerk(app: Flask) -> User:
    with writing():
        return cast.person()


def now_is(user: User) -> User:
    with reading():
        found = accounts.by_ref(user.ref)
    assert found is not None
    return found


def test_a_role_is_changed_and_the_person_signs_in_anew(app: Flask, admin: FlaskClient, clerk: User):
    theirs = client_of(app, clerk)

    answer = posted(admin, f"{PEOPLE}/{clerk.ref}/role", role="reviewer", version=str(clerk.version))

    assert answer.status_code == 303
    assert now_is(clerk).role is Role.REVIEWER
    assert theirs.get("/profile").status_code == 401


def test_a_role_needs_a_step_up(app: Flask, admin: FlaskClient, clerk: User):
    with writing() as session:
        session.execute(update(UserSession).values(stepped_up_at=None))

    refused = posted(admin, f"{PEOPLE}/{clerk.ref}/role", role="admin", version=str(clerk.version))

    assert refused.status_code == 403
    assert "Confirm that it is you" in refused.text
    assert now_is(clerk).role is Role.FULFILLMENT


def test_two_who_change_a_role_at_once_are_shown_both(admin: FlaskClient, clerk: User):
    path, version = f"{PEOPLE}/{clerk.ref}/role", str(clerk.version)
    posted(admin, path, role="reviewer", version=version)

    late = posted(admin, path, role="billing", version=version)

    assert late.status_code == 409
    assert "Reviewer:" in late.text
    assert '<option value="billing" selected>' in late.text
    assert now_is(clerk).role is Role.REVIEWER


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "1.5"])
def test_a_doctored_version_changes_nothing(admin: FlaskClient, clerk: User, version: str):
    answer = posted(admin, f"{PEOPLE}/{clerk.ref}/role", role="billing", version=version)

    assert answer.status_code in {409, 422}
    assert now_is(clerk).role is Role.FULFILLMENT


def test_an_account_is_shut_and_opened_again(app: Flask, admin: FlaskClient, clerk: User):
    theirs = client_of(app, clerk)

    posted(admin, f"{PEOPLE}/{clerk.ref}/closure")
    assert now_is(clerk).state is UserState.DISABLED
    assert theirs.get("/profile").status_code == 401

    posted(admin, f"{PEOPLE}/{clerk.ref}/reopening")
    assert now_is(clerk).state is UserState.INVITED
    assert theirs.get("/profile").status_code == 401


def test_an_administrator_ends_all_sessions_of_somebody(app: Flask, admin: FlaskClient, clerk: User):
    theirs = client_of(app, clerk)

    posted(admin, f"{PEOPLE}/{clerk.ref}/sign-out")

    assert theirs.get("/profile").status_code == 401
    assert admin.get(PEOPLE).status_code == 200


def test_the_last_administrator_cannot_be_shut(app: Flask, admin: FlaskClient):
    with reading() as session:
        me = session.scalars(select(User).where(User.role == Role.ADMIN)).one()

    answer = posted(admin, f"{PEOPLE}/{me.ref}/closure")

    assert answer.status_code == 409
    assert "another administrator" in answer.text


def test_compliance_sees_the_people_and_changes_nothing(app: Flask, clerk: User):
    compliance, _ = signed_in(app, Role.COMPLIANCE)

    page = compliance.get(PEOPLE)
    person = compliance.get(f"{PEOPLE}/{clerk.ref}")

    assert page.status_code == person.status_code == 200
    assert f'action="{PEOPLE}' not in page.text + person.text
    assert posted(compliance, PEOPLE, **INVITED).status_code == 403


def test_the_table_of_rights_is_the_one_that_is_enforced(admin: FlaskClient):
    table = admin.get(PEOPLE).text.split("What each role may do")[1]
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', table, re.DOTALL)

    assert len(rows) == len(Permission)
    for (words, cells), permission in zip(rows, Permission, strict=True):
        assert words == permission.value.replace("&", "&amp;").replace("'", "&#39;").capitalize()
        said = ["yes" in cell for cell in re.findall(r"<td>(.*?)</td>", cells, re.DOTALL)]
        assert said == [permission in RIGHTS[role] for role in Role]


def test_an_unknown_person_is_not_found(admin: FlaskClient):
    assert admin.get(f"{PEOPLE}/{'0' * 32}").status_code == 404
    assert admin.get(f"{PEOPLE}/%00").status_code == 404
    assert posted(admin, f"{PEOPLE}/{'0' * 32}/closure").status_code == 404


def test_every_act_on_a_person_names_who_did_it(app: Flask, clerk: User):
    admin, boss = signed_in(app, Role.ADMIN)
    posted(admin, f"{PEOPLE}/{clerk.ref}/role", role="reviewer", version=str(clerk.version))
    posted(admin, f"{PEOPLE}/{clerk.ref}/closure")

    with reading():
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    assert [(row.action, row.actor, row.object_ref) for row in rows] == [
        ("user changed", boss.ref, clerk.ref),
        ("user disabled", boss.ref, clerk.ref),
    ]
    assert rows[0].changes == '{"from_role":"fulfillment","role":"reviewer"}'
