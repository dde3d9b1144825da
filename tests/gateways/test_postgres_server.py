"""The tests' own PostgreSQL: the app's role serves, the owner's role migrates, a restart loses nothing."""

import signal

import psycopg
import pytest

from tests.support.postgres import postgres_server


@pytest.fixture(scope="module")
def server():
    with postgres_server() as running:
        yield running


def test_the_app_role_may_not_make_tables(server):
    database = server.database("rights")
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("CREATE TABLE offices (id int)")

    with psycopg.connect(database.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE more (id int)")
    with psycopg.connect(database.app_url) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("SELECT * FROM offices")


def test_a_database_made_anew_is_empty(server):
    with psycopg.connect(server.database("anew").owner_url) as owner:
        owner.execute("CREATE TABLE offices (id int)")

    with psycopg.connect(server.database("anew").owner_url) as owner:
        assert owner.execute("SELECT to_regclass('offices')").fetchone() == (None,)


def test_what_was_committed_outlives_a_crash(server):
    url = server.database("crash").owner_url
    with psycopg.connect(url) as owner:
        owner.execute("CREATE TABLE offices AS SELECT 7 AS id")

    server.stop(signal.SIGQUIT)
    server.start()

    with psycopg.connect(url) as owner:
        assert owner.execute("SELECT id FROM offices").fetchone() == (7,)
