"""The people page: inviting, roles, shutting, and the table of rights as it is enforced (SEC-01)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from dashboard.extensions import db
from dashboard.models import AuditEvent, Job, Message, User, UserSession, UserState
from dashboard.people import accounts, resets, second_factor
from dashboard.rights import RIGHTS, Permission, Role
from dashboard.unit import reading, writing
from jobs.people import send_reset
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


def invited(admin: FlaskClient, **fields: str) -> TestResponse:
    return posted(admin, PEOPLE, **{**INVITED, **fields})


def link_in(page: TestResponse) -> str:
    """The path of the link that a page shows."""
    found = re.search(r"http://localhost(/invite/[\w-]{43})<", page.text)
    assert found, page.text
    return found[1]


def enrolled(client: FlaskClient, link: str, **fields: str) -> TestResponse:
    """Accept the invitation as a person with an app would."""
    page = client.get(link).text
    secret = re.search(r'name="secret"[^>]*value="([^"]*)"', page)
    letters = page.split("<code data-copy>")[1].split("</code>")[0].replace(" ", "")
    assert secret
    code = second_factor.code_at(letters, datetime.now(UTC))
    typed = {"password": PASSWORD, "again": PASSWORD, "code": code, "secret": secret[1]}
    return posted(client, f"{link}/acceptance", **{**typed, **fields})


def test_an_invited_person_sets_up_both_factors_and_is_in(app: Flask, admin: FlaskClient):
    link = link_in(invited(admin))
    newcomer = app.test_client()

    done = enrolled(newcomer, link)

    assert done.status_code == 200
    assert len(re.findall(r"<li><code>[a-z0-9-]{19}</code>", done.text)) == 10
    profile = newcomer.get("/profile").text
    assert "invited@example.test" in profile
    assert "10 recovery codes left" in profile
    assert newcomer.get(link).status_code == 404


def test_the_code_typed_at_enrolment_is_used_up(app: Flask, admin: FlaskClient):
    enrolled(app.test_client(), link_in(invited(admin)))

    with writing() as session:
        user = session.scalars(
            select(User).where(User.state == UserState.ACTIVE, User.role == Role.BILLING)
        ).one()
        code = second_factor.code_at(user.totp_secret or "", datetime.now(UTC))
        assert not second_factor.spend_code(user, code, datetime.now(UTC))


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"code": "000000"}, "not the code"),
        ({"password": "short", "again": "short"}, "12 to 200"),
        ({"again": "something else"}, "differ"),
        ({"secret": "forged"}, "not the code"),
    ],
)
def test_an_acceptance_that_is_not_right_opens_nothing(
    app: Flask, admin: FlaskClient, wrong: dict[str, str], word: str
):
    link = link_in(invited(admin))
    newcomer = app.test_client()

    refused = enrolled(newcomer, link, **wrong)

    assert refused.status_code == 422
    assert word in refused.text
    assert newcomer.get("/profile").status_code == 401
    assert enrolled(newcomer, link).status_code == 200


def test_the_page_shows_the_link_once_where_no_mail_can_be_sent(admin: FlaskClient):
    link = link_in(invited(admin))

    assert link not in admin.get(PEOPLE).text
    with reading() as session:
        assert session.scalar(select(Message)) is None


def test_a_new_invitation_ends_the_former(app: Flask, admin: FlaskClient):
    former = link_in(invited(admin))
    with reading() as session:
        user = session.scalars(select(User).where(User.state == UserState.INVITED)).one()

    newer = link_in(posted(admin, f"{PEOPLE}/{user.ref}/invitation"))

    assert app.test_client().get(former).status_code == 404
    assert app.test_client().get(newer).status_code == 200


def test_an_address_is_invited_once(admin: FlaskClient):
    invited(admin)
    again = invited(admin, email="INVITED@example.test")

    assert again.status_code == 422
    assert "has an account already" in again.text


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"email": "no address"}, {"role": "office_admin"}, {"role": "king"}]
)
def test_an_invitation_that_cannot_be_is_refused_with_all_that_was_typed(
    admin: FlaskClient, wrong: dict[str, str]
):
    refused = invited(admin, **wrong)

    assert refused.status_code == 422
    assert f'value="{wrong.get("name", INVITED["name"])}"' in refused.text
    with reading() as session:
        assert session.scalar(select(User).where(User.state == UserState.INVITED)) is None


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


def test_whoever_lost_everything_starts_anew(app: Flask, admin: FlaskClient, clerk: User):
    link = link_in(posted(admin, f"{PEOPLE}/{clerk.ref}/fresh-start"))

    assert enrolled(app.test_client(), link).status_code == 200
    assert now_is(clerk).state is UserState.ACTIVE


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


def test_asking_for_a_reset_does_the_same_for_every_address(app: Flask, clerk: User):
    answers = [
        posted(app.test_client(), "/password-reset", email=to)
        for to in (clerk.email or "", "nobody@example.test")
    ]

    with reading() as session:
        jobs = session.scalars(select(Job)).all()
        assert session.scalar(select(Message)) is None
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/login")] * 2
    assert [job.kind for job in jobs] == ["people.reset"] * 2
    assert clerk.email not in str([job.ids for job in jobs])


def test_only_an_open_account_is_sent_a_link_and_once(app: Flask, clerk: User):
    now = datetime.now(UTC)
    for index in (clerk.email_index, clerk.email_index, b"nobody"):
        with writing():
            resets.send(index, minute=1, now=now)

    with reading() as session:
        message = session.scalars(select(Message)).one()
    assert (message.kind, message.recipient, message.user_id) == ("password_reset", clerk.email, clerk.id)


def test_the_job_of_a_reset_sends_to_the_address_behind_its_index(app: Flask, clerk: User):
    send_reset(index=clerk.email_index.hex(), minute=7)
    send_reset(index=accounts.email_index("nobody@example.test").hex(), minute=7)

    with reading() as session:
        assert [message.recipient for message in session.scalars(select(Message))] == [clerk.email]


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
