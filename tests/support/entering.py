"""Signing in as a person does, step by step, and what a page hands back in hidden fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from html import unescape

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from dashboard.models import User, UserSession
from dashboard.people import passwords, second_factor
from dashboard.unit import writing
from tests.support import cast
from tests.support.pages import posted

PASSWORD = "quiet lamp over seven hills"
WRONG = "another lamp over other hills"


@cache
def stored() -> str:
    """The hash of PASSWORD, made once: it is slow on purpose."""
    return passwords.hashed(PASSWORD)


def somebody(name: str = "Demo Fulfiller") -> User:
    """An open account with both factors. Opens a unit of its own."""
    hashed = stored()
    with writing():
        user = cast.person(name=name)
        user.password_hash, user.totp_secret = hashed, second_factor.new_secret()
    return user


def code_of(user: User, late: int = 0) -> str:
    """What the person's app shows, or showed `late` seconds ago."""
    return second_factor.code_at(user.totp_secret or "", datetime.now(UTC) - timedelta(seconds=late))


def first_step(client: FlaskClient, email: str | None, password: str = PASSWORD, **more: str) -> TestResponse:
    return posted(client, "/login", email=email or "", password=password, **more)


def second_step(client: FlaskClient, code: str, **more: str) -> TestResponse:
    return posted(client, "/login/second-step", code=code, **more)


def entered(app: Flask, user: User) -> FlaskClient:
    """A browser that went through both steps."""
    client = app.test_client()
    first_step(client, user.email)
    assert second_step(client, code_of(user)).location in {"/staff/", "/portal/"}
    return client


def back_in(client: FlaskClient, user: User, **fields: str) -> str:
    """Sign in again with hidden fields as a page gave them; gives the last answer's text."""
    first = first_step(client, user.email, **fields)
    return second_step(client, code_of(user), **hidden(first.text)).text


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms, but for the CSRF token."""
    found = {}
    for tag in re.findall(r'<input[^>]*type="hidden"[^>]*>', page):
        name, value = (re.search(rf'{word}="([^"]*)"', tag) for word in ("name", "value"))
        if name and value and name[1] != "csrf_token":
            found[name[1]] = unescape(value[1])
    return found


def aged(**back: int) -> None:
    """Make every session this much older."""
    with writing() as session:
        for row in session.scalars(select(UserSession)):
            row.seen_at -= timedelta(**back)
            row.created_at -= timedelta(**back)
            row.stepped_up_at = (row.stepped_up_at or row.seen_at) - timedelta(**back)
