"""Test clients that are signed in, without the way through the pages."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from dashboard import clock
from dashboard.models import User
from dashboard.people import sessions
from dashboard.rights import Role
from dashboard.unit import writing
from tests.support import cast
from tests.support.pages import csrf_of

__all__ = ["client_of", "csrf_of", "signed_in"]


def client_of(app: Flask, user: User) -> FlaskClient:
    """A browser in which this person has just signed in. Opens a unit of its own."""
    with writing():
        key = sessions.start(user, now=clock.now(), address="127.0.0.1", agent="test browser")
    client = app.test_client()
    client.set_cookie("session", key)
    return client


def signed_in(app: Flask, role: Role = Role.FULFILLMENT) -> tuple[FlaskClient, User]:
    """A new person of this role and their browser."""
    with writing():
        user = cast.person(role=role)
    return client_of(app, user), user
