"""One's own password and second factor, changed (SEC-01)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.models import User
from dashboard.people import accounts, second_factor
from dashboard.unit import reading
from tests.support.entering import PASSWORD, hidden, somebody
from tests.support.pages import posted
from tests.support.signed_in import client_of, signed_in


@pytest.fixture
def owner(app: Flask) -> User:
    return somebody()


@pytest.fixture
def client(app: Flask, owner: User) -> FlaskClient:
    return client_of(app, owner)


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
