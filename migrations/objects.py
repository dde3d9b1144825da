"""What stands in the database beside tables: append-only triggers, full-text search, rights of the app's
role; the portal's are in `fence`.

Made anew after every migration and compared by a test on both databases.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from migrations import fence, frozen

SEARCHED = "admin_todos"
FTS = "admin_todos_words"


def is_ours(kind: str, name: str | None) -> bool:
    """Whether a table or index is made here, so that autogenerate leaves it alone."""
    return bool(name) and (
        str(name).startswith(FTS) or (kind == "index" and name == "ix_admin_todos_title_words")
    )


def make(connection: Connection, app_role: str | None) -> None:
    """Make everything for the tables that exist now."""
    tables = set(inspect(connection).get_table_names())
    words = _sqlite(tables) if connection.dialect.name == "sqlite" else _postgresql(tables, app_role)
    for statement in words:
        connection.execute(text(statement.replace(":", r"\:")))


def drop(connection: Connection) -> None:
    """Take everything away before tables change. Harmless where nothing is there."""
    if connection.dialect.name == "sqlite":
        for name in _sqlite_triggers(connection):
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    for statement in frozen.taken_away(set(inspect(connection).get_table_names())):
        connection.exec_driver_sql(statement)
    fence.drop(connection)


def _sqlite_triggers(connection: Connection) -> list[str]:
    return [
        row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    ]


def _sqlite(tables: set[str]) -> list[str]:
    words = _sqlite_words() if SEARCHED in tables else [f"DROP TABLE IF EXISTS {FTS}"]
    return [*frozen.sqlite(tables), *words]


def _sqlite_words() -> list[str]:
    """A trigram index of the titles that keeps itself: every insert, change and deletion goes through a
    trigger.
    """
    forget = f"INSERT INTO {FTS} ({FTS}, rowid, title) VALUES ('delete', old.id, old.title);"
    learn = f"INSERT INTO {FTS} (rowid, title) VALUES (new.id, new.title);"
    return [
        f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5"
        f" (title, content='{SEARCHED}', content_rowid='id', tokenize='trigram', detail='full')",
        f"INSERT INTO {FTS} ({FTS}) VALUES ('rebuild')",
        f"CREATE TRIGGER {FTS}_learn AFTER INSERT ON {SEARCHED} BEGIN {learn} END",
        f"CREATE TRIGGER {FTS}_forget AFTER DELETE ON {SEARCHED} BEGIN {forget} END",
        f"CREATE TRIGGER {FTS}_relearn AFTER UPDATE OF title ON {SEARCHED} BEGIN {forget} {learn} END",
    ]


def _postgresql(tables: set[str], app_role: str | None) -> list[str]:
    statements = [*frozen.postgresql(tables)]
    if SEARCHED in tables:
        statements += [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE INDEX IF NOT EXISTS ix_admin_todos_title_words"
            f" ON {SEARCHED} USING gin (title gin_trgm_ops)",
        ]
    if app_role:
        statements += [*_rights(app_role, tables), *fence.statements(tables, app_role)]
    return statements


def _rights(role: str, tables: set[str]) -> list[str]:
    """The app reads and writes, but never changes the trail, the ledger, the stamp or the schema."""
    kept = sorted({*frozen.APPEND_ONLY, "installation", "alembic_version"} & tables)
    return [
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"',
        f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
        *(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"' for table in kept),
        *(f'REVOKE INSERT ON {table} FROM "{role}"' for table in kept if table not in frozen.APPEND_ONLY),
    ]
