"""Emptying a test database between tests: as its owner, whose triggers are off for that moment."""

from __future__ import annotations

from functools import cache

from flask import Flask
from sqlalchemy import Connection, Engine, NullPool, create_engine

from dashboard.extensions import db
from migrations import frozen

KEPT = {"installation", "alembic_version"}


def empty(app: Flask) -> None:
    """Delete every row of every table but the database's birth."""
    settings = app.extensions["settings"]
    engine = owner(settings.database_owner_url or settings.database_url)
    with engine.begin() as connection:
        _sqlite(connection) if settings.is_sqlite else _postgresql(connection)


@cache
def owner(url: str) -> Engine:
    """An engine outside the units of work."""
    return create_engine(url, poolclass=NullPool)


def tables() -> list[str]:
    return [table.name for table in reversed(db.metadata.sorted_tables) if table.name not in KEPT]


def _sqlite(connection: Connection) -> None:
    """SQLite cannot switch triggers off: they are taken away and put back."""
    triggers = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    guards = [(name, sql) for name, sql in triggers if "RAISE(ABORT" in sql]
    for name, _ in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    for table in tables():
        connection.exec_driver_sql(f"DELETE FROM {table}")
    for _, sql in guards:
        connection.exec_driver_sql(sql)


def _postgresql(connection: Connection) -> None:
    """One trip: a replica's session runs no triggers and checks no foreign keys, and only a superuser may
    be one.
    """
    off = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in frozen.GUARDED]
    deletions = [f"DELETE FROM {table}" for table in tables()]
    on = [line.replace("DISABLE", "ENABLE") for line in off]
    connection.exec_driver_sql("; ".join((*off, *deletions, *on)))
