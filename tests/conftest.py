"""What every test may ask for: an app on a real database, its clients, and a clock's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from dashboard import clock, create_app, keyring
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.keyring import KeyRing, new_ring
from tests.support.emptying import empty
from tests.support.pages import Browser
from tests.support.postgres import Postgres, postgres_server
from tests.support.redis import redis_server

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
RING = new_ring()
KEYS = KeyRing.parse(RING)
# the same examples each time, and no limit on a busy machine: the suite is never red by chance
settings.register_profile(
    "suite", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("suite")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of our own, with an owner's role and the app's."""
    with postgres_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis on a private socket."""
    with redis_server() as server:
        yield server.url


def environment(folder: Path, **more: str) -> dict[str, str]:
    """What a test installation is set up with; `more` goes over it."""
    signing = folder / "signing.key"
    if not signing.exists():
        from dashboard.audit.seals import new_signing_key

        signing.write_text(new_signing_key())
    return {
        "COUNTERSIGN_MODE": "test",
        "DATA_DIR": str(folder),
        "DOMAIN": "localhost",
        "SECRET_KEY": "a-secret-that-only-the-tests-know-0123456789",
        "FIELD_KEYS": RING,
        "SIGNING_KEY_FILE": str(signing),
        "SUPPORT_EMAIL": "support@countersign.example",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        **more,
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


class Together(LoadScopeScheduling):
    """Shares the tests among processes: a file stays in one of them, and so does all of the browser's."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "browser" if "/browser/" in file else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    return Together(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test marked `both` runs on each database in turn."""
    if "database" in metafunc.fixturenames:
        both = metafunc.definition.get_closest_marker("both")
        metafunc.parametrize("database", ["sqlite", "postgresql"] if both else ["sqlite"], scope="session")


@pytest.fixture(scope="session")
def sqlite_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The app on SQLite, built by its migrations."""
    with migrated(environment(tmp_path_factory.mktemp("sqlite"))) as app:
        yield app


@pytest.fixture(scope="session")
def postgresql_app(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Flask]:
    """The app on PostgreSQL, built by its migrations, connected as a role that owns nothing."""
    with migrated(environment(tmp_path_factory.mktemp("postgresql"), **postgres.new_database())) as app:
        yield app


@contextmanager
def migrated(env: dict[str, str]) -> Iterator[Flask]:
    """An app whose database is at the newest migration; its connections are closed afterwards."""
    app = create_app(Settings.read(env))
    app.test_client_class = Browser
    result = app.test_cli_runner().invoke(args=["db", "upgrade"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def app(request: pytest.FixtureRequest, database: str) -> Iterator[Flask]:
    """An app with an empty database: on SQLite, or on both in turn for a test marked `both`.

    The clock and the ring are the process's: another test may have left them to an app of its own.
    """
    found: Flask = request.getfixturevalue(f"{database}_app")
    clock.follow(found.extensions["settings"].clock_file)
    keyring.use(KEYS)
    with found.app_context():
        yield found
    empty(found)


@pytest.fixture
def now() -> datetime:
    return NOW
