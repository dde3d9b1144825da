"""The wall behind the portal is put up by the migrations, with a role that they make or ask for (SEC-02)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dashboard import create_app
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.models import Office
from dashboard.unit import fenced, reading, writing
from migrations.fence import ROWS
from tests.conftest import NOW, environment
from tests.migrations.test_migrations import as_owner, migrate
from tests.support.postgres import OWNER, Postgres

NEWCOMER = "countersign_newcomer"


@contextmanager
def installed(folder: Path, **urls: str) -> Iterator[Flask]:
    """An app on a database with nothing in it."""
    app = create_app(Settings.read(environment(folder, **urls)))
    with app.app_context():
        yield app
        db.engine.dispose()


@pytest.fixture
def admin(postgres: Postgres) -> Iterator[psycopg.Connection]:
    """The server's administrator, and a role to connect as for which nobody has made a portal's."""
    with psycopg.connect(postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {NEWCOMER} LOGIN")
        yield connection
        connection.execute(f"ALTER ROLE {OWNER} NOCREATEROLE")


@pytest.fixture
def newcomer(postgres: Postgres, admin: psycopg.Connection, tmp_path: Path) -> Iterator[Flask]:
    urls = postgres.new_database()
    name = urls["DATABASE_URL"].split("@/")[1].split("?")[0]
    with installed(tmp_path, **urls | {"DATABASE_URL": postgres.url(NEWCOMER, name)}) as app:
        yield app
    with psycopg.connect(postgres.url("postgres", name), autocommit=True) as connection:
        for role in (NEWCOMER, f"{NEWCOMER}_portal"):
            connection.execute(f"DROP OWNED BY {role}")
            connection.execute(f"DROP ROLE {role}")


def policies(app: Flask) -> set[tuple[str, str, str]]:
    with as_owner(app) as connection:
        words = "SELECT tablename, policyname, qual FROM pg_policies"
        return {(table, policy, rows) for table, policy, rows in connection.execute(text(words))}


def test_every_table_of_an_office_has_one_policy_for_each_role(postgres: Postgres, tmp_path: Path) -> None:
    with installed(tmp_path, **postgres.new_database()) as app:
        migrate(app, "upgrade")
        before = policies(app)
        migrate(app, "downgrade", "base")
        migrate(app, "upgrade")

        assert policies(app) == before
        assert {each[:2] for each in before} == {(table, who) for table in ROWS for who in ("app", "portal")}
        assert {rows for _, who, rows in before if who == "app"} == {"true"}


def test_an_owner_who_may_not_make_roles_is_told_what_an_administrator_has_to_say(
    newcomer: Flask, admin: psycopg.Connection
) -> None:
    with pytest.raises(DBAPIError, match="The portal has no role") as refused:
        migrate(newcomer, "upgrade")
    told = str(refused.value.orig).split("server: ")[1].split("\n")[0]
    for statement in filter(None, told.split(";")):
        admin.execute(statement)

    migrate(newcomer, "upgrade")
    assert policies(newcomer)


def test_an_owner_who_may_makes_the_role(newcomer: Flask, admin: psycopg.Connection) -> None:
    admin.execute(f"ALTER ROLE {OWNER} CREATEROLE")
    migrate(newcomer, "upgrade")

    assert stands(newcomer)


def test_with_one_role_there_is_no_wall_and_everything_works(postgres: Postgres, tmp_path: Path) -> None:
    urls = postgres.new_database()
    with installed(tmp_path, DATABASE_URL=urls["DATABASE_OWNER_URL"]) as app:
        migrate(app, "upgrade")

        assert policies(app) == set()
        assert not stands(app)


def test_an_app_that_becomes_the_owner_has_no_wall_any_more(postgres: Postgres, tmp_path: Path) -> None:
    urls = postgres.new_database()
    with installed(tmp_path, **urls) as app:
        migrate(app, "upgrade")
        assert stands(app)
    with installed(tmp_path, DATABASE_URL=urls["DATABASE_OWNER_URL"]) as app:
        migrate(app, "upgrade")
        assert policies(app) == set()


def stands(app: Flask) -> bool:
    """Whether a unit for one office is kept from another's row."""
    with writing() as session:
        session.add(office := Office(code="DEMO", name="Demo Dental", time_zone="UTC", created_at=NOW))
    with fenced(office.id + 1), reading() as session:
        return session.scalar(text("SELECT count(*) FROM offices")) == 0
