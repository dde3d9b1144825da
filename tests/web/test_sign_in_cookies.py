"""The cookies of signing in: host only, over https, and never those of others (SEC-02)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_login import current_user, encode_cookie
from sqlalchemy import select

from dashboard import create_app
from dashboard.extensions import db
from dashboard.models import FailedAttempt, User
from dashboard.people import sessions
from dashboard.unit import reading
from dashboard.web.access import public
from tests.support.entering import PASSWORD, code_of, entered, first_step, second_step, somebody
from tests.support.pages import Browser, csrf_of


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


def test_the_cookie_is_host_only_and_unreadable_over_https(app: Flask, owner: User):
    client = app.test_client()
    first_step(client, owner.email, base_url="https://localhost")
    answer = second_step(client, code_of(owner), base_url="https://localhost")

    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if "session" in line)
    assert cookie.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "Max-Age" not in cookie


def test_each_sign_in_has_a_session_of_its_own_whatever_cookie_came_along(app: Flask, owner: User):
    client = app.test_client()
    client.set_cookie("session", "chosen-by-somebody-else")
    first_step(client, owner.email)
    second_step(client, code_of(owner))

    cookie = client.get_cookie("session")
    assert cookie is not None
    assert cookie.value != "chosen-by-somebody-else"
    with reading():
        assert sessions.find("chosen-by-somebody-else", datetime.now(UTC)) is None


def test_flask_logins_own_cookies_open_nothing(app: Flask, owner: User):
    client = app.test_client()
    with client.session_transaction() as form:
        form["_user_id"], form["_fresh"] = owner.ref, True
    with app.test_request_context():
        client.set_cookie("remember_token", encode_cookie(owner.ref))

    assert client.get("/profile").status_code == 401


def test_flask_logins_current_user_is_the_person_of_our_session(app: Flask, owner: User):
    other = create_app(app.extensions["settings"])
    other.test_client_class = Browser
    other.add_url_rule("/who", "who", public(lambda: current_user.get_id() or "nobody"))
    cookie = entered(app, owner).get_cookie("session")
    assert cookie is not None
    client = other.test_client()

    assert client.get("/who").text == "nobody"
    client.set_cookie("session", cookie.value)
    assert client.get("/who").text == owner.ref


@pytest.mark.parametrize("host", ["192.0.2.10:8000", "office.example.test", "10.0.0.1"])
def test_over_plain_http_from_elsewhere_the_page_says_why_it_refuses(app: Flask, owner: User, host: str):
    client = app.test_client()

    token = csrf_of(client)
    fields = {"email": owner.email, "password": PASSWORD, "csrf_token": token}
    answers = [
        client.get("/login", base_url=f"http://{host}"),
        client.post("/login", data=fields, base_url=f"http://{host}"),
        client.get("/password-reset", base_url=f"http://{host}"),
    ]

    assert {answer.status_code for answer in answers} == {400}
    assert "plain http" in answers[0].text
    assert "<form" not in answers[0].text.split("<main")[1]
    with reading():
        assert db.session.scalar(select(FailedAttempt)) is None


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "127.3.2.1:99", "[::1]:8000"])
def test_on_loopback_plain_http_is_fine(app: Flask, host: str):
    assert app.test_client().get("/login", base_url=f"http://{host}").status_code == 200
