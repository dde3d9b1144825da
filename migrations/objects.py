"""What stands in the database beside tables: append-only triggers, full-text search, rights of the app's
role.

Made anew after every migration and compared by a test on both databases.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

APPEND_ONLY = ("audit_events", "audit_links", "audit_seals")
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
    for table in {*APPEND_ONLY} & set(inspect(connection).get_table_names()):
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}")
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_never_emptied ON {table}")


def _sqlite_triggers(connection: Connection) -> list[str]:
    return [
        row[0] for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    ]


def _sqlite(tables: set[str]) -> list[str]:
    statements = []
    for table in APPEND_ONLY:
        if table in tables:
            for act in ("UPDATE", "DELETE"):
                statements.append(
                    f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                    f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
    return statements + (_sqlite_words() if SEARCHED in tables else [f"DROP TABLE IF EXISTS {FTS}"])


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
    statements = []
    if "audit_events" in tables:
        statements += _postgresql_append_only()
    if SEARCHED in tables:
        statements += [
            "CREATE EXTENSION IF NOT EXISTS pg_trgm",
            "CREATE INDEX IF NOT EXISTS ix_admin_todos_title_words"
            f" ON {SEARCHED} USING gin (title gin_trgm_ops)",
        ]
    return statements + (_rights(app_role, tables) if app_role else [])


def _postgresql_append_only() -> list[str]:
    refuse = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME; END'"
    )
    statements = [refuse]
    for table in APPEND_ONLY:
        statements += [
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        ]
    return statements


def _rights(role: str, tables: set[str]) -> list[str]:
    """The app reads and writes, but never changes the audit trail, the stamp or the schema."""
    frozen = sorted({*APPEND_ONLY, "installation", "alembic_version"} & tables)
    return [
        f'GRANT USAGE ON SCHEMA public TO "{role}"',
        f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"',
        f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"',
        *(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"' for table in frozen),
        *(f'REVOKE INSERT ON {table} FROM "{role}"' for table in frozen if table not in APPEND_ONLY),
    ]
