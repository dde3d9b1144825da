"""The tests' own PostgreSQL: the app's role serves, the owner's role migrates, a restart loses nothing."""

import signal

import psycopg
import pytest

from tests.support.postgres import postgres_server


@pytest.fixture(scope="module")
def server():
    with postgres_server() as running:
        yield running


def test_the_app_role_owns_nothing(server):
    database = server.new_database()
    with psycopg.connect(database["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE offices (id int)")

    with psycopg.connect(database["DATABASE_URL"], autocommit=True) as app:
        for forbidden in ("CREATE TABLE more (id int)", "SELECT * FROM offices", "DROP TABLE offices"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(forbidden)


def test_each_database_is_empty(server):
    with psycopg.connect(server.new_database()["DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE offices (id int)")

    with psycopg.connect(server.new_database()["DATABASE_OWNER_URL"]) as owner:
        assert owner.execute("SELECT to_regclass('offices')").fetchone() == (None,)


def test_what_was_committed_outlives_a_crash(server):
    url = server.new_database()["DATABASE_OWNER_URL"]
    with psycopg.connect(url) as owner:
        owner.execute("CREATE TABLE offices AS SELECT 7 AS id")

    server.stop(signal.SIGQUIT)
    server.start()

    with psycopg.connect(url) as owner:
        assert owner.execute("SELECT id FROM offices").fetchone() == (7,)
