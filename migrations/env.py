"""How migrations run: as the owner, in one transaction, with foreign keys off on SQLite.

SQLite changes a table by copying it. With foreign keys on, dropping the old copy deletes every child row
and takes the triggers with it; so they are off here, and checked at the end. Triggers and full-text tables
are made anew after every run, from `objects.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from alembic import context
from flask import current_app
from sqlalchemy import Connection, Engine, create_engine, text

from dashboard import unit
from dashboard.extensions import db
from migrations import objects

settings = current_app.extensions["settings"]
ADVISORY_LOCK = 7_305_180_219


def owner_engine() -> Engine:
    """An engine of our own: the app's is governed by units of work, and may lack the right to change
    tables.
    """
    url = settings.database_owner_url or settings.database_url
    if url.startswith("sqlite:///"):
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        return create_engine(url)
    return create_engine(url, **unit.engine_options(url) | {"pool_size": 1})


def migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    objects.drop(connection)
    configure(connection)
    context.run_migrations()
    objects.make(connection, app_role(connection))
    stamp(connection)
    if sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise RuntimeError(f"The migration broke foreign keys: {broken[:5]}")


def configure(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        include_object=lambda thing, name, kind, *_: not objects.is_ours(kind, name),
        compare_type=True,
        transaction_per_migration=False,
    )


def app_role(connection: Connection) -> str | None:
    """The role that the app connects as, where it is not the owner."""
    role = db.engine.url.username if settings.database_owner_url else None
    return role if role and role != connection.engine.url.username else None


def stamp(connection: Connection) -> None:
    """Write down once what this database was born as."""
    if not connection.dialect.has_table(connection, "installation"):
        return
    born = text(
        "INSERT INTO installation (id, mode, born_at) SELECT 1, :mode, :now"
        " WHERE NOT EXISTS (SELECT 1 FROM installation)"
    )
    connection.execute(
        born, {"mode": settings.mode.value, "now": datetime.now(UTC).replace(tzinfo=None).isoformat(" ")}
    )


def run() -> None:
    engine = owner_engine()
    if engine.dialect.name == "sqlite":
        from sqlalchemy import event

        event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    try:
        with engine.connect() as connection, connection.begin():
            migrate(connection)
    finally:
        engine.dispose()


run()
