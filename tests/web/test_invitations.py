"""Invitations and resets: the link, both factors set up, and nothing told to strangers (SEC-01)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dashboard.models import Job, Message, User, UserState
from dashboard.people import accounts, resets, second_factor
from dashboard.rights import Role
from dashboard.unit import reading, writing
from jobs.people import send_reset
from tests.support import cast
from tests.support.pages import posted
from tests.support.signed_in import signed_in

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


def test_whoever_lost_everything_starts_anew(app: Flask, admin: FlaskClient, clerk: User):
    link = link_in(posted(admin, f"{PEOPLE}/{clerk.ref}/fresh-start"))

    assert enrolled(app.test_client(), link).status_code == 200
    assert now_is(clerk).state is UserState.ACTIVE


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
