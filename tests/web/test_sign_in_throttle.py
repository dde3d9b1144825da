"""Who guesses is slowed and learns nothing; the owner gets in (SEC-01)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from dashboard.extensions import db
from dashboard.models import AuditEvent, FailedAttempt, LinkPurpose, User, UserState
from dashboard.people import accounts, links
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.entering import PASSWORD, WRONG, code_of, entered, first_step, second_step, somebody
from tests.support.pages import posted


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


def trail() -> list[tuple[str, str, str | None]]:
    with reading():
        rows = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
    return [(row.action, row.outcome, row.reason) for row in rows]


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
