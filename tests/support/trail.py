"""Making an audit trail for a test, linking and sealing it, and laying hands on it as only the owner can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import Connection

from dashboard import audit
from dashboard.audit import Action
from dashboard.audit.signing import SigningKeys, read_keys
from dashboard.audit.verify import Report, verify
from dashboard.unit import reading, writing
from jobs.sealer import Sealer
from migrations import frozen
from tests.support.emptying import owner


def keys(app: Flask) -> SigningKeys:
    return read_keys(app.extensions["settings"].signing_key_file)


def folder(app: Flask) -> Path:
    """Where the seals outside the database lie."""
    return Path(app.extensions["settings"].data_dir / "seals")


def sealer(app: Flask, holder: str = "test") -> Sealer:
    return Sealer(holder, keys(app), folder(app))


def write_events(count: int) -> None:
    with writing():
        for number in range(count):
            audit.record(Action.TODO_OPENED, changes={"key": f"fulfil:{number}"})


def sealed_trail(app: Flask, events: int, now: datetime) -> None:
    """Events, linked, and sealed at `now`; the seals of earlier tests are gone."""
    for file in folder(app).glob("*.jsonl"):
        file.unlink()
    write_events(events)
    sealer(app).work(now)


def grown(app: Flask, events: int, now: datetime) -> None:
    """More events, linked and sealed a minute later."""
    write_events(events)
    sealer(app).work(now + timedelta(minutes=1))


def verified(app: Flask) -> Report:
    with reading() as session:
        return verify(session, keys(app), folder(app))


def places(report: Report) -> list[tuple[int, str]]:
    return [(fault.seq, fault.what) for fault in report.faults]


@contextmanager
def as_owner(app: Flask) -> Iterator[Connection]:
    """A connection as the database's owner, triggers and foreign keys off: somebody who can do anything."""
    settings = app.extensions["settings"]
    with owner(settings.database_owner_url or settings.database_url).begin() as connection:
        put_back = _without_triggers(connection)
        yield connection
        for statement in put_back:
            connection.exec_driver_sql(statement)


def _without_triggers(connection: Connection) -> list[str]:
    """Take the guards away; gives the statements that put them back."""
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        guards = [(name, sql) for name, sql in found if "RAISE(ABORT" in sql]
        for name, _ in guards:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        return [sql for _, sql in guards]
    for table in frozen.GUARDED:
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    constraint = "ALTER TABLE audit_links {} CONSTRAINT fk_audit_links_event_id"
    connection.exec_driver_sql(constraint.format("DROP"))
    return [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in frozen.GUARDED] + [
        constraint.format("ADD") + " FOREIGN KEY (event_id) REFERENCES audit_events (id) NOT VALID"
    ]


@contextmanager
def slow_event(app: Flask) -> Iterator[None]:
    """An event that has its id when the block begins, and is committed when it ends."""
    settings = app.extensions["settings"]
    columns, values = "at, actor, action, outcome, request_id", "now(), 'system', 'export', 'ok', ''"
    with owner(settings.database_owner_url or settings.database_url).begin() as connection:
        connection.exec_driver_sql(f"INSERT INTO audit_events ({columns}) VALUES ({values})")
        yield
