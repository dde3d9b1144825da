"""Whether this installation may serve: its settings, its keys, its database's birth and its migrations
(spec OPS-02).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.orm import Session

from dashboard import keyring
from dashboard.config import Finding, Settings, State
from dashboard.models import Installation
from dashboard.unit import reading

if TYPE_CHECKING:
    from flask import Flask


CANNOT_START = 3


class RefusesToServe(SystemExit):
    """Something is missing or wrong. Leaves with 3, after which gunicorn gives up instead of trying again."""

    def __init__(self) -> None:
        super().__init__(CANNOT_START)


def refuse_unready(app: Flask) -> None:
    """Leave the process if the app may not serve. Every serving door says this first.

    Raises:
        RefusesToServe: after every reason was printed, each by name with its way out.
    """
    with app.app_context():
        reasons = unready(app)
    if reasons:
        lines = (f"  {reason.name}: {reason.state}. {reason.advice}" for reason in reasons)
        print("Countersign refuses to serve:", *lines, sep="\n", file=sys.stderr, flush=True)  # noqa: T201
        raise RefusesToServe


def unready(app: Flask) -> list[Finding]:
    """Why the app may not serve; nothing, and remembered, once it may. Needs an app's context, opens a
    unit.
    """
    if app.extensions.get("ready"):
        return []
    settings: Settings = app.extensions["settings"]
    reasons = wrong(all_findings(settings))
    reasons = reasons or wrong(list(database_findings(settings, app.extensions["migrate"].directory)))
    app.extensions["ready"] = not reasons
    return reasons


def wrong(findings: list[Finding]) -> list[Finding]:
    """Those that forbid serving."""
    return [finding for finding in findings if finding.state in {State.MISSING, State.WRONG}]


def all_findings(settings: Settings) -> list[Finding]:
    """Each setting's state, the keys read and tried."""
    return [*settings.findings, *_key_findings(settings)]


def _key_findings(settings: Settings) -> Iterator[Finding]:
    try:
        keyring.load(settings.field_keys, settings.field_keys_file)
    except keyring.BadKeys as error:
        yield Finding("FIELD_KEYS", State.WRONG, f"{error}. Make a ring with: flask keys new --ring.")
    if settings.signing_key_file and not settings.signing_key_file.is_file():
        yield Finding(
            "SIGNING_KEY_FILE", State.WRONG, "There is no such file. Make one with: flask audit new-key."
        )


def database_findings(settings: Settings, migrations: str) -> Iterator[Finding]:
    """Whether the database is at the newest migration and was born in this mode. Opens a reading unit.

    Raises:
        sqlalchemy.exc.OperationalError: the database does not answer.
    """
    with reading() as session:
        if schema_is(session.connection()) != newest(migrations):
            yield Finding("DATABASE_URL", State.WRONG, "The database is not migrated. Run: flask db upgrade.")
        elif (born := birth_mode(session)) != settings.mode:
            yield Finding(
                "DATABASE_URL",
                State.WRONG,
                f"This database was born in {born} mode and this is {settings.mode}.",
            )


def schema_is(connection: Connection) -> str | None:
    """The migration that the database is at."""
    return MigrationContext.configure(connection).get_current_revision()


def newest(migrations: str) -> str | None:
    """The migration that this release wants."""
    config = Config()
    config.set_main_option("script_location", migrations)
    return ScriptDirectory.from_config(config).get_current_head()


def birth_mode(session: Session) -> str | None:
    """The mode this database was stamped with."""
    if not inspect(session.connection()).has_table(Installation.__tablename__):
        return None
    stamp = session.get(Installation, 1)
    return stamp and stamp.mode
