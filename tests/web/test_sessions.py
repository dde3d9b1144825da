"""Sessions, seen from the browser: what keeps them, what ends them, what is not lost with them (SEC-01)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from dashboard.extensions import db
from dashboard.models import AuditEvent, User, UserSession
from dashboard.people import accounts, passwords, second_factor
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.pages import csrf_of, posted
from tests.support.signed_in import client_of, signed_in

PASSWORD = "quiet lamp over seven hills"
PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/profile?x=1"}


@pytest.fixture(scope="module")
def stored() -> str:
    return passwords.hashed(PASSWORD)


@pytest.fixture
def owner(app: Flask, stored: str) -> User:
    with writing():
        user = cast.person()
        user.password_hash, user.totp_secret = stored, second_factor.new_secret()
    return user


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return client_of(app, owner)


def aged(**back: int) -> None:
    """Make every session this much older."""
    with writing() as session:
        for row in session.scalars(select(UserSession)):
            row.seen_at -= timedelta(**back)
            row.created_at -= timedelta(**back)
            row.stepped_up_at = (row.stepped_up_at or row.seen_at) - timedelta(**back)


def seen_at() -> datetime:
    with reading() as session:
        return session.scalars(select(UserSession.seen_at)).one()


def back_in(client: FlaskClient, owner: User, **fields: str) -> str:
    """Sign in again with hidden fields as the page gave them; gives the last answer's text."""
    first = posted(client, "/login", email=owner.email or "", password=PASSWORD, **fields)
    code = second_factor.code_at(owner.totp_secret or "", datetime.now(UTC))
    return posted(client, "/login/second-step", code=code, **hidden(first.text)).text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, but for the CSRF token."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = (re.search(rf'{word}="([^"]*)"', tag) for word in ("name", "value"))
        if name and value and name[1] != "csrf_token":
            found[name[1]] = unescape(value[1])
    return found


def test_a_page_shows_that_somebody_is_there(client: FlaskClient):
    aged(minutes=5)
    client.get("/profile")

    assert datetime.now(UTC) - seen_at() < timedelta(seconds=5)


def test_a_part_of_a_page_does_not(client: FlaskClient):
    aged(minutes=5)
    client.get("/profile", headers=PART)

    assert datetime.now(UTC) - seen_at() > timedelta(minutes=4)


def test_a_part_that_is_sent_does(client: FlaskClient):
    token = csrf_of(client)
    aged(minutes=5)
    client.post("/profile/preferences", data={"theme": "dark"}, headers={**PART, "X-CSRFToken": token})

    assert datetime.now(UTC) - seen_at() < timedelta(seconds=5)


def test_within_a_minute_nothing_is_written(client: FlaskClient):
    before = seen_at()
    client.get("/profile")

    assert seen_at() == before


def test_polling_alone_ends_after_fifteen_minutes(client: FlaskClient):
    for _ in range(4):
        aged(minutes=4)
        answer = client.get("/profile", headers=PART)

    assert answer.status_code == 401


def test_signing_out_ends_it_for_a_copied_cookie_too(app: Flask, client: FlaskClient):
    cookie = client.get_cookie("session")
    assert cookie is not None
    copy = app.test_client()
    copy.set_cookie("session", cookie.value)

    assert posted(client, "/logout").status_code == 303

    assert copy.get("/profile").status_code == 401
    assert client.get_cookie("session") is None


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


def test_what_one_person_typed_is_not_handed_to_another(app: Flask, client: FlaskClient, stored: str):
    with writing():
        other = cast.person(name="Demo Reviewer")
        other.password_hash, other.totp_secret = stored, second_factor.new_secret()
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


def test_a_new_role_holds_from_the_next_request(app: Flask):
    client, user = signed_in(app, Role.COMPLIANCE)
    assert client.get("/staff/settings/people").status_code == 200

    with writing() as session:
        session.execute(update(User).where(User.id == user.id).values(role=Role.BILLING))

    assert client.get("/staff/settings/people").status_code == 403


def test_a_refusal_leaves_an_audit_row(app: Flask):
    client, user = signed_in(app, Role.BILLING)
    client.get("/staff/settings/people")

    with reading() as session:
        row = session.scalars(select(AuditEvent)).one()
    assert (row.action, row.actor, row.role, row.outcome) == ("access denied", user.ref, "billing", "refused")
    assert row.changes == '{"permission":"see people"}'


def test_a_person_ends_their_other_sessions_one_by_one(app: Flask, client: FlaskClient, owner: User):
    other = client_of(app, owner)
    with reading() as session:
        newest = session.scalars(select(UserSession.id).order_by(UserSession.id.desc())).first()

    assert posted(client, f"/profile/sessions/{newest}/end").status_code == 303

    assert other.get("/profile").status_code == 401
    assert client.get("/profile").status_code == 200
    assert posted(client, f"/profile/sessions/{newest}/end").status_code == 404


def test_a_new_password_signs_out_everywhere_else(app: Flask, client: FlaskClient, owner: User):
    other = client_of(app, owner)

    posted(
        client, "/profile/password", password="other lamp over six hills", again="other lamp over six hills"
    )

    assert other.get("/profile").status_code == 401
    assert client.get("/profile").status_code == 200


@pytest.mark.parametrize(("first", "second"), [("short", "short"), (PASSWORD, PASSWORD + "x"), ("", "")])
def test_a_password_that_cannot_be_taken_changes_nothing(
    client: FlaskClient, owner: User, first: str, second: str
):
    answer = posted(client, "/profile/password", password=first, again=second)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with reading():
        user = accounts.by_ref(owner.ref)
    assert user is not None
    assert user.password_hash == owner.password_hash


def test_another_app_takes_over_and_the_old_one_opens_nothing(client: FlaskClient, owner: User):
    secret = hidden(client.get("/profile/second-factor").text)["secret"]
    wrong = posted(client, "/profile/second-factor", secret=secret, code="000000")
    new = "".join(wrong.text.split("<code data-copy>")[1].split("</code>")[0].split())
    right = posted(
        client, "/profile/second-factor", secret=secret, code=second_factor.code_at(new, datetime.now(UTC))
    )

    assert wrong.status_code == 422
    assert right.status_code == 200
    assert len(re.findall(r"<li><code>[a-z0-9-]{19}</code>", right.text)) == 10
    with reading():
        user = accounts.by_ref(owner.ref)
    assert user is not None
    assert user.totp_secret == new


def test_a_secret_of_somebody_elses_set_up_is_refused(app: Flask, client: FlaskClient):
    other, _ = signed_in(app)
    page = other.get("/profile/second-factor").text
    letters = "".join(page.split("<code data-copy>")[1].split("</code>")[0].split())
    code = second_factor.code_at(letters, datetime.now(UTC))

    assert (
        posted(client, "/profile/second-factor", secret=hidden(page)["secret"], code=code).status_code == 422
    )


def test_with_the_header_instead_of_the_field_a_form_is_ours_too(client: FlaskClient):
    token = csrf_of(client)

    with_header = client.post("/profile/preferences", data={"theme": "dark"}, headers={"X-CSRFToken": token})
    without = client.post("/profile/preferences", data={"theme": "dark"})

    assert (with_header.status_code, without.status_code) == (303, 400)


def test_the_database_is_asked_once_for_who_it_is(client: FlaskClient):
    asked: list[str] = []

    def note(*said: Any) -> None:
        asked.append(said[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        client.get("/password-reset")
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    assert [text.split()[0] for text in asked if not text.startswith(("PRAGMA", "BEGIN"))] == ["SELECT"]
