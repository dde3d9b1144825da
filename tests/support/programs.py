"""Programs at the API: a key, and requests with it. Opens units of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from dashboard import clock
from dashboard.models import Office
from dashboard.people import api_keys
from dashboard.rights import Role
from dashboard.unit import writing
from tests.support import cast

BILLING = "/api/v1/billing"


@dataclass
class Program:
    """Something outside that holds a key. It keeps no cookies."""

    app: Flask
    key: str

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        said = {"Authorization": f"Bearer {self.key}", **more.pop("headers", {})}
        return self.app.test_client().open(path, method=method, headers=said, **more)

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.ask("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, *, once: str | None = None) -> TestResponse:
        """POST a JSON body; `once` is an Idempotency-Key."""
        headers = {"Idempotency-Key": once} if once else {}
        return self.ask("POST", path, headers=headers, **({} if body is None else {"json": body}))


def program(app: Flask, *, role: Role | None = None, office: Office | None = None) -> Program:
    """A program with a new key: of an office, or of a staff role."""
    with writing():
        maker = cast.person("Demo Administrator", Role.ADMIN)
        _, raw = api_keys.make("Test program", role=role, office=office, made_by=maker.id, now=clock.now())
    return Program(app, raw)


def code_of(answer: TestResponse) -> tuple[int, str]:
    """How a request was refused: the status, and the code for programs."""
    assert answer.content_type == "application/problem+json", answer.text
    return answer.status_code, answer.json["code"]
