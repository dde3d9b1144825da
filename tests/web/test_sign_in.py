"""Signing in, through the pages: both factors, each once, and back to where one was (SEC-01)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.extensions import db
from dashboard.models import AuditEvent, User
from dashboard.people import second_factor
from dashboard.rights import Role
from dashboard.unit import reading, writing
from dashboard.web.auth.sign_in import HALF_IN
from tests.support.entering import PASSWORD, code_of, entered, first_step, second_step, somebody


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


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


def test_a_foreign_form_is_refused_with_a_clear_page(app: Flask, owner: User):
    client = app.test_client()
    client.get("/login")

    answer = client.post("/login", data={"email": owner.email, "password": PASSWORD, "csrf_token": "foreign"})

    assert answer.status_code == 400
    assert "reload the page" in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_whoever_is_in_already_goes_on(app: Flask, owner: User):
    assert entered(app, owner).get("/login?next=/profile").location == "/profile"


def test_an_offices_person_lands_in_the_portal(app: Flask, owner: User):
    with writing():
        db.session.merge(owner).role = Role.OFFICE_MEMBER
    client = app.test_client()
    first_step(client, owner.email)

    assert second_step(client, code_of(owner)).location == "/portal/"


def test_a_code_of_the_step_before_is_too_late_after_a_newer_one(app: Flask, owner: User):
    older = code_of(owner, late=30)
    entered(app, owner)
    client = app.test_client()
    first_step(client, owner.email)

    assert second_step(client, older).status_code == 422
