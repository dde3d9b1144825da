"""Migrations go up, down and up on both databases, and lose neither children nor triggers on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, text

from dashboard import create_app
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.models import AuditEvent, Installation, Todo, TodoNote, User
from dashboard.unit import reading, writing
from dashboard.upkeep.readiness import newest
from migrations import objects
from tests.conftest import NOW, environment
from tests.support.emptying import owner

pytestmark = pytest.mark.both

REBUILDS_TODOS = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", {head!r}


def how():
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"


def upgrade():
    with op.batch_alter_table("admin_todos", recreate=how()) as table:
        table.add_column(sa.Column("shade", sa.Text()))


def downgrade():
    with op.batch_alter_table("admin_todos", recreate=how()) as table:
        table.drop_column("shade")
"""


@pytest.fixture
def fresh(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database with nothing in it."""
    urls = {} if database == "sqlite" else request.getfixturevalue("postgres").new_database()
    app = create_app(Settings.read(environment(tmp_path, **urls)))
    with app.app_context():
        yield app
        db.engine.dispose()


def migrate(app: Flask, *words: str) -> None:
    result = app.test_cli_runner().invoke(args=["db", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output


def as_owner(app: Flask) -> Connection:
    settings = app.extensions["settings"]
    return owner(settings.database_owner_url or settings.database_url).connect()


def a_todo_with_a_note_and_its_trail() -> None:
    with writing() as session:
        author = User(email_index=b"x", role="fulfillment", created_at=NOW)
        todo = Todo(
            key="k",
            title="A demo title",
            category="task",
            priority="high",
            due_at=NOW,
            created_at=NOW,
            updated_at=NOW,
        )
        session.add_all((author, todo))
        session.flush()
        session.add(TodoNote(todo_id=todo.id, author_id=author.id, body="kept", created_at=NOW))
        session.add(AuditEvent(at=NOW, actor="system", action="todo opened", outcome="ok", request_id="1"))


def notes() -> list[str]:
    with reading() as session:
        return [note.body for note in session.query(TodoNote)]


def triggers(app: Flask) -> set[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with as_owner(app) as connection:
        return set(connection.scalars(text(sqlite if connection.dialect.name == "sqlite" else postgresql)))


def test_the_newest_migration_equals_the_models(fresh: Flask) -> None:
    migrate(fresh, "upgrade")
    with as_owner(fresh) as connection:
        options = {
            "include_object": lambda _, name, kind, *__: not objects.is_ours(kind, name),
            "compare_type": True,
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), db.metadata)
    assert differences == []


def test_up_down_and_up_again_ends_where_it_began(fresh: Flask) -> None:
    migrate(fresh, "upgrade")
    before = triggers(fresh)
    migrate(fresh, "downgrade", "base")
    migrate(fresh, "upgrade")
    assert triggers(fresh) == before != set()


def test_rebuilding_a_table_keeps_its_children_and_every_trigger(fresh: Flask, tmp_path: Path) -> None:
    migrate(fresh, "upgrade")
    a_todo_with_a_note_and_its_trail()
    before = triggers(fresh)
    folder = tmp_path / "migrations"
    shutil.copytree(Path(fresh.root_path) / "migrations", folder)
    (folder / "versions" / "9999_rebuild.py").write_text(REBUILDS_TODOS.format(head=newest(str(folder))))

    for words in (["upgrade"], ["downgrade"], ["upgrade"]):
        migrate(fresh, *words, "--directory", str(folder))
        assert notes() == ["kept"]
        assert triggers(fresh) == before


def test_a_database_is_stamped_at_birth_and_keeps_its_stamp(fresh: Flask) -> None:
    migrate(fresh, "upgrade")
    migrate(fresh, "upgrade")
    with reading() as session:
        assert [(stamp.id, stamp.mode) for stamp in session.query(Installation)] == [(1, "test")]


def test_titles_written_before_a_migration_are_still_found(fresh: Flask) -> None:
    migrate(fresh, "upgrade")
    a_todo_with_a_note_and_its_trail()
    migrate(fresh, "upgrade")
    found = {
        "sqlite": "SELECT count(*) FROM admin_todos_words WHERE title MATCH 'demo'",
        "postgresql": "SELECT count(*) FROM admin_todos WHERE title ILIKE '%demo%'",
    }
    with as_owner(fresh) as connection:
        assert connection.scalar(text(found[connection.dialect.name])) == 1
