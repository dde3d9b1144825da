"""What tests of staff pages do with a browser: post a form, ask for a fragment."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.signed_in import csrf_of

PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def post(
    client: FlaskClient, href: str, headers: dict[str, str] | None = None, **fields: object
) -> TestResponse:
    """Send a form as the page would, with this browser's CSRF token."""
    return client.post(href, data={"csrf_token": csrf_of(client), **fields}, headers=headers)


def part(target: str) -> dict[str, str]:
    """The headers of htmx asking for one element ("div#task")."""
    return PART | {"HX-Target": target}
