"""Asked who they are, people come back to where they were, and to what they had typed (SEC-01)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.models import User
from dashboard.people import second_factor
from tests.support.entering import PASSWORD, aged, back_in, hidden, somebody
from tests.support.pages import csrf_of, posted
from tests.support.signed_in import client_of

PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/profile?x=1"}


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return client_of(app, owner)


def test_a_page_asks_and_comes_back_to_where_it_was(client: FlaskClient, owner: User):
    aged(minutes=15)

    asked = client.get("/profile?tab=2")

    assert asked.status_code == 401
    assert hidden(asked.text) == {"next": "/profile?tab=2"}
    assert asked.headers["Cache-Control"] == "no-store"


def test_a_part_of_a_page_sends_the_whole_page_to_sign_in(client: FlaskClient):
    aged(minutes=15)

    asked = client.get("/profile", headers=PART)

    assert asked.status_code == 401
    assert asked.headers["HX-Redirect"] == "/login?next=%2Fprofile%3Fx%3D1"


def test_a_form_that_htmx_sends_stays_on_the_page_with_all_that_was_typed(client: FlaskClient, owner: User):
    token = csrf_of(client)
    aged(minutes=15)
    sent = {"data": {"theme": "dark"}, "headers": {**PART, "X-CSRFToken": token}}

    asked = client.post("/profile/preferences", **sent)
    back_in(client, owner)
    again = client.post("/profile/preferences", **sent)

    assert asked.status_code == 401
    assert "HX-Redirect" not in asked.headers
    assert again.status_code == 303


def test_what_was_typed_when_the_session_ended_is_sent_after_signing_in(client: FlaskClient, owner: User):
    aged(minutes=15)
    asked = posted(client, "/profile/preferences", theme="dark", shortcuts='"><b>é')

    page = back_in(client, owner, **hidden(asked.text))
    action = page.split('method="post" action="')[1].split('"')[0]
    sent = posted(client, action, **hidden(page))

    assert asked.status_code == 401
    assert "What you typed is kept" in asked.text
    assert hidden(page) == {"theme": "dark", "shortcuts": '"><b>é'}
    assert (action, sent.status_code) == ("/profile/preferences", 303)
    assert "theme-dark" in client.get("/profile").text


def test_what_one_person_typed_is_not_handed_to_another(client: FlaskClient):
    other = somebody("Demo Reviewer")
    aged(minutes=15)
    asked = posted(client, "/profile/preferences", theme="dark")

    page = back_in(client, other, **hidden(asked.text))

    assert "dark" not in page


def test_a_stranger_plants_nothing_to_be_sent_after_signing_in(app: Flask, owner: User):
    visitor = app.test_client()
    without_token = visitor.post("/profile/preferences", data={"theme": "dark"})
    without_session = posted(visitor, "/profile/preferences", theme="dark")

    assert without_token.status_code == 400
    assert without_session.status_code == 401
    assert "kept" not in hidden(without_session.text)
    assert "dark" not in back_in(visitor, owner, kept='["/profile/preferences"]')


def test_passwords_are_never_kept(client: FlaskClient):
    aged(minutes=15)
    asked = posted(client, "/profile/password", password=PASSWORD, again=PASSWORD)

    assert "kept" not in hidden(asked.text)
    assert PASSWORD not in asked.text


def test_what_could_do_harm_asks_once_more_and_comes_back(client: FlaskClient, owner: User):
    aged(minutes=11)

    asked = client.get("/profile/password")
    wrong = posted(client, "/step-up", proof="some other words", next="/profile/password")
    right = posted(client, "/step-up", proof=PASSWORD, next="/profile/password")

    assert (asked.status_code, asked.location) == (303, "/step-up?next=%2Fprofile%2Fpassword")
    assert wrong.status_code == 422
    assert (right.status_code, right.location) == (303, "/profile/password")
    assert client.get("/profile/password").status_code == 200


def test_a_fresh_code_steps_up_too_and_only_once(client: FlaskClient, owner: User):
    aged(minutes=11)
    code = second_factor.code_at(owner.totp_secret or "", datetime.now(UTC))

    assert posted(client, "/step-up", proof=code).status_code == 303
    assert posted(client, "/step-up", proof=code).status_code == 422


def test_guessing_at_the_step_up_is_throttled(client: FlaskClient):
    aged(minutes=11)
    answers = [posted(client, "/step-up", proof="some other words").status_code for _ in range(5)]

    assert answers == [422] * 4 + [429]


def test_a_form_that_needs_a_step_up_is_kept_for_after_it(client: FlaskClient, owner: User):
    aged(minutes=11)
    asked = posted(client, "/profile/recovery-codes", note="typed")

    page = posted(client, "/step-up", proof=PASSWORD, **hidden(asked.text)).text

    assert asked.status_code == 403
    assert 'action="/profile/recovery-codes"' in page
    assert hidden(page) == {"note": "typed"}


def test_a_part_that_needs_a_step_up_sends_the_page_to_it(client: FlaskClient):
    aged(minutes=11)
    asked = client.get("/profile/password", headers=PART)

    assert (asked.status_code, asked.headers["HX-Redirect"]) == (403, "/step-up?next=%2Fprofile%3Fx%3D1")
