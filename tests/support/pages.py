"""Browsers of tests: each request starts with nothing, and forms carry the token of one's own pages."""

from __future__ import annotations

from contextvars import Context
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Browser(FlaskClient):
    """A client whose requests share nothing with the test around them, nor with each other, but cookies.

    Without this the test's own application context would lend its `g` to every request.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def csrf_of(client: FlaskClient, base_url: str | None = None) -> str:
    """The token of this client's forms."""
    page = client.get("/password-reset", base_url=base_url).text
    return page.split('name="csrf_token" value="')[1].split('"')[0]


def posted(
    client: FlaskClient,
    path: str,
    *,
    base_url: str | None = None,
    headers: dict[str, str] | None = None,
    **fields: str,
) -> TestResponse:
    """The answer to a form sent from one of our pages; its Referer is ours, as browsers say over https."""
    data = {**fields, "csrf_token": csrf_of(client, base_url)}
    said = {"Referer": f"{base_url or 'http://localhost'}/", **(headers or {})}
    return client.post(path, data=data, headers=said, base_url=base_url)
