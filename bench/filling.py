"""Filling a database with very many todos in a minute: an INSERT ... SELECT a table, indexes afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy import Connection, NullPool, create_engine

from bench.installation import Installation
from bench.invented import Rows
from dashboard.extensions import db

TABLES = ("compliance_orders", "admin_todos", "audit_events")
WORDS = "admin_todos_words"
PLAIN = {"isolation_level": "AUTOCOMMIT", "no_parameters": True}  # a % is a %


def fill(site: Installation, count: int) -> None:
    """Put `count` todos, their orders and the events of their opening into an empty database."""
    db.engine.dispose()
    settings = site.settings
    engine = create_engine(settings.database_owner_url or settings.database_url, poolclass=NullPool)
    with engine.connect().execution_options(**PLAIN) as connection:
        with _without_indexes(connection):
            for statement in _statements(connection, count, datetime.now(UTC)):
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")


@contextmanager
def _without_indexes(connection: Connection) -> Iterator[None]:
    """Take indexes and triggers away and make them anew: a tenth of the time that keeping them takes."""
    lite = connection.dialect.name == "sqlite"
    if lite:
        connection.exec_driver_sql("PRAGMA synchronous=OFF")
        connection.exec_driver_sql("PRAGMA journal_mode=OFF")
    else:
        connection.exec_driver_sql("SET maintenance_work_mem='512MB'")
        connection.exec_driver_sql("SET synchronous_commit=off")
    found = _sqlite_objects(connection) if lite else _postgresql_indexes(connection)
    for kind, name, _ in found:
        connection.exec_driver_sql(f"DROP {kind} {name}")
    yield
    if lite:
        connection.exec_driver_sql(f"INSERT INTO {WORDS} ({WORDS}) VALUES ('rebuild')")
    for *_, definition in found:
        connection.exec_driver_sql(definition)


def _sqlite_objects(connection: Connection) -> Sequence[tuple[str, str, str]]:
    tables = ", ".join(f"'{name}'" for name in TABLES)
    return connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE type IN ('index', 'trigger') AND sql IS NOT NULL"
        f" AND tbl_name IN ({tables})"
    ).all()


def _postgresql_indexes(connection: Connection) -> Sequence[tuple[str, str, str]]:
    tables = ", ".join(f"'{name}'" for name in TABLES)
    return connection.exec_driver_sql(
        "SELECT 'INDEX', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        f" AND tablename IN ({tables}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).all()


def _statements(connection: Connection, count: int, now: datetime) -> Iterator[str]:
    """The same rows in the words of either database."""
    lite = connection.dialect.name == "sqlite"
    rows = Rows(lite, count, f"{now:%Y-%m-%d %H:%M:%S}")
    yield rows.insert("compliance_orders", rows.order())
    yield rows.insert("admin_todos", rows.todo())
    yield rows.insert("audit_events", rows.event())
    if not lite:
        for table in TABLES:
            yield f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {count})"
