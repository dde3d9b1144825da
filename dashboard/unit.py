"""Units of work. A door says at its start whether it writes, and the database holds it to its word.

SQLite begins a writing unit with `BEGIN IMMEDIATE`, so that it waits for its turn at the start instead of
failing in the middle, and a reading one with `query_only` on. PostgreSQL reads in a read-only transaction.
A query outside a unit is refused: it would hold a transaction that nobody ends. A unit inside `fenced()`
sees one office's rows on PostgreSQL, as the portal's role.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, Executable, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from dashboard.extensions import db


class Intent(Enum):
    """What a unit was opened for."""

    READ = "read"
    WRITE = "write"


class NoUnitOfWork(RuntimeError):
    """A query was made with no unit open: wrap it in `reading()` or `writing()`."""


class UnitStillOpen(RuntimeError):
    """A unit was opened inside another, or something slow was about to happen inside one."""


PORTAL_SUFFIX = "_portal"
PORTAL_ROLE = (
    "SELECT rolname FROM pg_roles"
    f" WHERE rolname = current_user || '{PORTAL_SUFFIX}' AND pg_has_role(current_user, oid, 'MEMBER')"
)
FENCE = "SELECT set_config('role', %s, true), set_config('countersign.office', %s, true)"

_intent: ContextVar[Intent | None] = ContextVar("intent", default=None)
_fence: ContextVar[int | None] = ContextVar("fence", default=None)


@contextmanager
def reading() -> Iterator[Session]:
    """Look, and change nothing: a write inside is refused by the database."""
    with _unit(Intent.READ) as session:
        yield session


@contextmanager
def writing() -> Iterator[Session]:
    """Change things: all of it is committed at the end, or nothing."""
    with _unit(Intent.WRITE) as session:
        yield session


@contextmanager
def fenced(office_id: int) -> Iterator[None]:
    """Let every unit inside this block see and touch one office's rows alone, whatever it asks (SEC-02).

    It ends with each transaction. SQLite has no roles, and neither has an installation where the app's role
    is the owner's: there it changes nothing.
    """
    token = _fence.set(office_id)
    try:
        yield
    finally:
        _fence.reset(token)


def outside() -> None:
    """Assert that no unit is open. Said before anything slow or far away: mail, files, hashing, Stripe."""
    if _intent.get() is not None:
        raise UnitStillOpen("An outside call inside a unit of work would hold the database while it waits.")


@contextmanager
def _unit(intent: Intent) -> Iterator[Session]:
    if _intent.get() is not None:
        raise UnitStillOpen("A unit of work is open already; units do not nest.")
    token = _intent.set(intent)
    session = db.session()
    try:
        yield session
        _finish(session, intent)
    except BaseException:
        session.rollback()
        raise
    finally:
        db.session.remove()
        _intent.reset(token)


def _finish(session: Session, intent: Intent) -> None:
    """A reading unit is committed, too: rolling back would make what was read unreadable afterwards."""
    if intent is Intent.READ and (session.new or session.dirty or session.deleted):
        raise NoUnitOfWork("A reading unit changed something. Open it with writing().")
    session.commit()


def plain(statement: Executable, values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """What a statement of columns finds, past the ORM, whose part costs as much as a small query.

    Nothing is flushed first.
    """
    return db.session.connection().execute(statement, values)


def insert(session: Session, table: type[Any]) -> Any:
    """An INSERT that knows ON CONFLICT in the words of the session's database."""
    words = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    return words.insert(table)


def govern(engine: Engine) -> None:
    """Make every transaction of this engine keep to the rule above. Called once for each engine."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _prepare_postgresql)
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=10000",
        "foreign_keys=ON",
        "cache_size=-16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    """Told only what it is not told already: a connection stays as its last unit left it."""
    intent = _said(connection)
    writes = intent is Intent.WRITE
    if connection.info.get("intent") is not intent:
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.info["intent"] = intent
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, record: Any) -> None:
    """Ask once which role the portal's units run as, if there is one."""
    found = connection.execute(PORTAL_ROLE).fetchone()
    connection.rollback()
    record.info["portal"] = found and found[0]


def _begin_postgresql(connection: Connection) -> None:
    """The driver says it with its own BEGIN, so it costs no message; a fence costs one."""
    driver: Any = connection.connection.driver_connection
    reads = _said(connection) is Intent.READ
    if driver.read_only is not reads:
        driver.read_only = reads
    office_id, portal = _fence.get(), connection.info["portal"]
    if office_id is not None and portal:
        connection.exec_driver_sql(FENCE, (portal, str(office_id)))


def _said(connection: Connection) -> Intent:
    intent = connection.get_execution_options().get("intent") or _intent.get()
    if intent is None:
        raise NoUnitOfWork("Open reading() or writing() before asking the database.")
    return intent


def engine_options(url: str) -> dict[str, Any]:
    """How an engine for this address is made. Parameters never show in an error, and nothing waits for
    ever.
    """
    quiet: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("sqlite"):
        return quiet
    limits = "-c lock_timeout=5000 -c statement_timeout=30000 -c idle_in_transaction_session_timeout=60000"
    connect = {"connect_timeout": 5, "options": f"{limits} -c timezone=UTC"}
    return quiet | {"pool_pre_ping": True, "pool_size": 10, "connect_args": connect}
