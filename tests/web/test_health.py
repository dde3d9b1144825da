"""What is away is said: without Redis people go on working, without a database nothing seems saved."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from dashboard import create_app
from dashboard.config import Settings
from tests.conftest import environment
from tests.support.signed_in import signed_in

NOBODY_LISTENS = "postgresql://nobody@127.0.0.1:1/none"


@pytest.mark.both
def test_without_redis_pages_work_and_readiness_says_degraded(app: Flask) -> None:
    client, _ = signed_in(app)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (200, "degraded", "ok")
    assert answer.json["redis"] == "does not answer"
    assert client.get("/staff/queue").status_code == 200


@pytest.fixture
def without_database(tmp_path: Path) -> Flask:
    app = create_app(Settings.read(environment(tmp_path, DATABASE_URL=NOBODY_LISTENS)))
    app.extensions["ready"] = True  # it was, before its database went away
    return app


def test_without_a_database_it_is_alive_but_not_ready(without_database: Flask) -> None:
    client = without_database.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"]) == (503, "does not answer")


def test_without_a_database_a_page_says_that_nothing_was_saved(without_database: Flask) -> None:
    answer = without_database.test_client().get(f"/link/{'a' * 43}")
    assert answer.status_code == 503
    assert "Nothing was saved" in answer.text
