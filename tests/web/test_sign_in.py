"""Signing in, through the pages (SEC-01, SEC-02)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from flask_login import current_user, encode_cookie
from sqlalchemy import select
from werkzeug.test import TestResponse

from dashboard import create_app
from dashboard.extensions import db
from dashboard.models import AuditEvent, FailedAttempt, LinkPurpose, User, UserState
from dashboard.people import accounts, links, passwords, second_factor, sessions
from dashboard.rights import Role
from dashboard.unit import reading, writing
from dashboard.web.access import public
from dashboard.web.auth.sign_in import HALF_IN
from tests.support import cast
from tests.support.pages import Browser, csrf_of, posted

PASSWORD = "quiet lamp over seven hills"
WRONG = "another lamp over other hills"


@pytest.fixture(scope="module")
def stored() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def owner(app: Flask, stored: str) -> User:
    """An open account with both factors."""
    with writing():
        user = cast.person()
        user.password_hash, user.totp_secret = stored, second_factor.new_secret()
    return user


def code_of(user: User) -> str:
    return second_factor.code_at(user.totp_secret or "", datetime.now(UTC))


def first_step(client: FlaskClient, email: str | None, password: str = PASSWORD, **more: str) -> TestResponse:
    return posted(client, "/login", email=email or "", password=password, **more)


def second_step(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return posted(client, "/login/second-step", code=code, **more)


def entered(app: Flask, user: User) -> FlaskClient:
    client = app.test_client()
    first_step(client, user.email)
    assert second_step(client, code_of(user)).location in {"/staff/", "/portal/"}
    return client


def trail() -> list[tuple[str, str, str | None]]:
    with reading():
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    return [(row.action, row.outcome, row.reason) for row in rows]


@pytest.mark.both
def test_both_factors_open_the_page_that_was_wanted(app: Flask, owner: User):
    client = app.test_client()

    first = first_step(client, owner.email, next="/profile")
    second = second_step(client, code_of(owner), next="/profile")

    assert first.status_code == second.status_code == 303
    assert first.location == "/login/second-step?next=/profile"
    assert second.location == "/profile"
    assert client.get("/profile").status_code == 200
    assert trail() == [("sign-in ok", "ok", None)]


def test_the_password_alone_opens_nothing(app: Flask, owner: User):
    client = app.test_client()
    first_step(client, owner.email)

    assert client.get("/profile").status_code == 401


def test_a_code_works_for_one_sign_in(app: Flask, owner: User):
    code = code_of(owner)
    client, other = app.test_client(), app.test_client()
    first_step(client, owner.email)
    second_step(client, code)
    first_step(other, owner.email)

    again = second_step(other, code)

    assert again.status_code == 422
    assert "used already" in again.text
    assert trail()[-1] == ("sign-in failed", "refused", "code")


def test_a_recovery_code_stands_in_for_the_app_once(app: Flask, owner: User):
    with writing():
        code = second_factor.new_recovery_codes(owner)[0]
    client, other = app.test_client(), app.test_client()
    first_step(client, owner.email)
    first_step(other, owner.email)

    assert second_step(client, code).location == "/staff/"
    assert second_step(other, code).status_code == 422


def test_unknown_shut_and_invited_accounts_and_a_wrong_password_look_alike(app: Flask, owner: User):
    with writing():
        shut, invited = cast.person(), cast.person()
        shut.password_hash, shut.state = owner.password_hash, UserState.DISABLED
        invited.state = UserState.INVITED

    tries = [
        (owner.email, WRONG),
        (shut.email, PASSWORD),
        (invited.email, PASSWORD),
        ("nobody@example.test", WRONG),
    ]
    answers = [first_step(app.test_client(), email, password) for email, password in tries]

    assert [answer.status_code for answer in answers] == [422] * 4
    pages = {said(answer, email) for answer, (email, _) in zip(answers, tries, strict=True)}
    assert len(pages) == 1
    assert [row[1] for row in trail()] == ["refused"] * 4


def said(answer: TestResponse, email: str | None) -> str:
    """The page without what differs on every page."""
    body = answer.text.split("<main")[1].split("</main>")[0].replace(email or "", "")
    return "".join(part.split('"', 1)[-1] for part in body.split('name="csrf_token" value="'))


def test_whoever_guesses_waits_and_is_told_how_long(app: Flask, owner: User):
    client = app.test_client()
    answers = [first_step(client, owner.email, WRONG) for _ in range(5)]

    assert [answer.status_code for answer in answers] == [422] * 4 + [429]
    assert answers[-1].headers["Retry-After"] == "1"
    assert "Wait 1 second" in answers[-1].text
    assert trail()[-1] == ("sign-in failed", "refused", "throttled")


def test_unknown_accounts_are_throttled_alike(app: Flask):
    client = app.test_client()
    answers = [first_step(client, "nobody@example.test", WRONG) for _ in range(5)]

    assert answers[-1].status_code == 429


def test_the_owner_gets_in_on_a_known_browser_while_somebody_guesses(app: Flask, owner: User):
    at_home = entered(app, owner)
    with writing():
        at = datetime.now(UTC)
        for number in range(200):
            attempt = FailedAttempt(
                kind="password", subject=owner.email_index, address=f"198.51.100.{number}", at=at
            )
            db.session.add(attempt)
        db.session.merge(owner).totp_last_step = 0

    stranger = first_step(app.test_client(), owner.email)
    first_step(at_home, owner.email)

    assert stranger.status_code == 429
    assert second_step(at_home, code_of(owner)).location == "/staff/"


def test_a_password_reset_makes_this_browser_known(app: Flask, owner: User):
    with writing():
        raw = links.issue(owner, LinkPurpose.PASSWORD_RESET, datetime.now(UTC))
        for _ in range(60):
            at = {"address": "127.0.0.1", "at": datetime.now(UTC)}
            db.session.add(FailedAttempt(kind="password", subject=owner.email_index, **at))
    client = app.test_client()
    assert first_step(client, owner.email).status_code == 429

    posted(client, f"/password-reset/{raw}/password", password=WRONG, again=WRONG)

    assert first_step(client, owner.email, WRONG).location == "/login/second-step"


def test_the_half_step_lasts_five_minutes(app: Flask, owner: User):
    client = app.test_client()
    for age, to in ((301, "/login"), (299, "/staff/")):
        first_step(client, owner.email)
        with client.session_transaction() as form:
            ref, mark, at = form[HALF_IN]
            form[HALF_IN] = [ref, mark, at - age]

        assert second_step(client, code_of(owner)).location == to


def test_the_half_step_serves_one_sign_in(app: Flask, owner: User):
    client = entered(app, owner)
    with writing():
        db.session.merge(owner).totp_last_step = 0

    assert second_step(client, code_of(owner)).location == "/login"


def test_a_right_password_of_old_costs_is_kept_at_new_ones(app: Flask, owner: User):
    with writing():
        db.session.merge(owner).password_hash = PasswordHasher(
            time_cost=1, memory_cost=8, parallelism=1
        ).hash(PASSWORD)
    client = app.test_client()
    first_step(client, owner.email)

    with reading():
        user = accounts.by_ref(owner.ref)
    assert user is not None
    assert "m=19456" in (user.password_hash or "")
    assert second_step(client, code_of(owner)).location == "/staff/"


def test_the_half_step_dies_with_the_password_it_was_made_by(app: Flask, owner: User):
    client = app.test_client()
    first_step(client, owner.email)
    with writing():
        db.session.merge(owner).password_hash = "another hash"

    second_step(client, code_of(owner))

    assert client.get("/profile").status_code == 401


@pytest.mark.parametrize(
    "next",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\tevil",
        "javascript:1",
        "evil",
        " /x",
    ],
)
def test_nobody_is_sent_elsewhere(app: Flask, owner: User, next: str):
    client = app.test_client()
    first_step(client, owner.email)

    assert second_step(client, code_of(owner), next=next).location == "/staff/"


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


def test_a_foreign_form_is_refused_with_a_clear_page(app: Flask, owner: User):
    client = app.test_client()
    client.get("/login")

    answer = client.post("/login", data={"email": owner.email, "password": PASSWORD, "csrf_token": "foreign"})

    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_whoever_is_in_already_goes_on(app: Flask, owner: User):
    assert entered(app, owner).get("/login?next=/profile").location == "/profile"


def test_no_name_or_address_reaches_the_trail_or_the_log(
    app: Flask, owner: User, capfd: pytest.CaptureFixture[str]
):
    entered(app, owner)
    first_step(app.test_client(), "findable@example.test", WRONG)
    with reading():
        rows = db.session.scalars(select(AuditEvent)).all()

    told = (" ".join(str(vars(row)) for row in rows) + "".join(capfd.readouterr())).casefold()
    for secret in (owner.email, owner.name, "findable", PASSWORD, owner.totp_secret):
        assert (secret or "?").casefold() not in told


def test_an_offices_person_lands_in_the_portal(app: Flask, owner: User):
    with writing():
        db.session.merge(owner).role = Role.OFFICE_MEMBER
    client = app.test_client()
    first_step(client, owner.email)

    assert second_step(client, code_of(owner)).location == "/portal/"


def test_a_code_of_the_step_before_is_too_late_after_a_newer_one(app: Flask, owner: User):
    older = second_factor.code_at(owner.totp_secret or "", datetime.now(UTC) - timedelta(seconds=30))
    entered(app, owner)
    client = app.test_client()
    first_step(client, owner.email)

    assert second_step(client, older).status_code == 422
