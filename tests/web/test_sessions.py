"""Sessions, seen from the browser: what keeps them, and what ends them (SEC-01)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, update

from dashboard.extensions import db
from dashboard.models import AuditEvent, User, UserSession
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support.entering import aged, somebody
from tests.support.pages import csrf_of, posted
from tests.support.signed_in import client_of, signed_in

PART = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Current-URL": "http://localhost/profile?x=1"}


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return client_of(app, owner)


def seen_at() -> datetime:
    with reading() as session:
        return session.scalars(select(UserSession.seen_at)).one()


def test_a_page_shows_that_somebody_is_there(client: FlaskClient):
    aged(minutes=5)
    client.get("/profile")

    assert datetime.now(UTC) - seen_at() < timedelta(minutes=4)


def test_a_part_of_a_page_does_not(client: FlaskClient):
    aged(minutes=5)
    client.get("/profile", headers=PART)

    assert datetime.now(UTC) - seen_at() > timedelta(minutes=4)


def test_a_part_that_is_sent_does(client: FlaskClient):
    token = csrf_of(client)
    aged(minutes=5)
    client.post("/profile/preferences", data={"theme": "dark"}, headers={**PART, "X-CSRFToken": token})

    assert datetime.now(UTC) - seen_at() < timedelta(minutes=4)


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
