"""The audit trail is insert-only for the app, whatever SQL it tries (AUD-02)."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dashboard.unit import reading, writing
from tests.support import trail

pytestmark = pytest.mark.both
TABLES = {"audit_events": "outcome", "audit_links": "previous", "audit_seals": "hash"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("act", ["UPDATE {table} SET {column} = 'x'", "DELETE FROM {table}"])
def test_what_was_recorded_is_not_changed_or_deleted(app: Flask, now: datetime, table: str, act: str) -> None:
    trail.sealed_trail(app, 2, now)
    statement = text(act.format(table=table, column=TABLES[table]))
    with pytest.raises(DBAPIError), writing() as session:
        session.execute(statement)
    with reading() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 2
    assert trail.verified(app).is_sound


@pytest.mark.parametrize("table", TABLES)
def test_nor_is_a_table_emptied_or_its_guard_taken_away(app: Flask, now: datetime, table: str) -> None:
    if app.extensions["settings"].is_sqlite:
        return  # one role owns the file there, and config check says so
    trail.sealed_trail(app, 2, now)
    for act in ("TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL", "DROP TABLE {}"):
        with pytest.raises(DBAPIError), writing() as session:
            session.execute(text(act.format(table)))
