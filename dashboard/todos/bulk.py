"""One action on many todos: kept as rows when asked, done by a job; each row says how it went (FUL-11)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, literal, select

from dashboard import audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import BulkAction, BulkRow, BulkState, Priority, Todo, TodoStatus, User
from dashboard.rights import Permission
from dashboard.rows import added_once, found, locked
from dashboard.todos.changes import Change, edit
from dashboard.todos.claims import assign, claim

CHUNK = 50
NOT_ALLOWED = "The role of whoever asked does not include changing todos any more."


def ask(
    action: str,
    params: dict[str, Any],
    meets: Collection[ColumnElement[bool]],
    *,
    key: str,
    by: int,
    now: datetime,
) -> BulkAction:
    """Keep the ids that meet the conditions now, and have the action done on them.

    `action` is claim, assign, status, priority or due; `params` holds its value under that name, and `back`,
    the list it came from. `key` is the form's one-time key: sent twice, it is asked once.
    """
    draft = BulkAction(
        ref=key, action=action, params=params, asked_by=by, state=BulkState.WAITING, created_at=now
    )
    bulk, is_new = added_once(draft, by="ref")
    if is_new:
        bulk.total = _keep_ids(bulk, meets)
        audit.record(Action.BULK_ASKED, bulk, changes={"action": action, "rows": bulk.total})
        later("todos.bulk", key=job_key(bulk), bulk_id=bulk.id)
    return bulk


def job_key(bulk: BulkAction) -> str:
    """What its job is called."""
    return f"bulk:{bulk.ref}"


def _keep_ids(bulk: BulkAction, meets: Collection[ColumnElement[bool]]) -> int:
    """In ascending order, which is also the order in which they are locked."""
    session = db.session()
    matching = select(literal(bulk.id), Todo.id, literal("waiting")).where(*meets).order_by(Todo.id)
    session.execute(insert(BulkRow).from_select(["bulk_action_id", "todo_id", "outcome"], matching))
    return int(session.scalar(select(func.count()).where(BulkRow.bulk_action_id == bulk.id)) or 0)


def waiting(bulk_id: int) -> Sequence[BulkRow]:
    """The next rows to do, at most a chunk."""
    mine = (BulkRow.bulk_action_id == bulk_id, BulkRow.outcome == "waiting")
    return db.session.scalars(select(BulkRow).where(*mine).order_by(BulkRow.id).limit(CHUNK)).all()


def do_chunk(bulk: BulkAction, now: datetime) -> bool:
    """Do the next rows; False when none is left. A refused row says why, and the others go on."""
    rows = waiting(bulk.id)
    asker = found(User, bulk.asked_by, "person")
    bulk.state = BulkState.RUNNING
    for row in rows:
        row.outcome, row.reason = _outcome(bulk, row.todo_id, asker, now)
    return bool(rows)


def finish(bulk: BulkAction, now: datetime) -> None:
    """Every row has its outcome."""
    bulk.state, bulk.finished_at = BulkState.DONE, now


def _outcome(bulk: BulkAction, todo_id: int, asker: User, now: datetime) -> tuple[str, str | None]:
    if not asker.may(Permission.WORK_QUEUE):
        return "refused", NOT_ALLOWED
    try:
        ACTS[bulk.action](todo_id, bulk.params, asker.id, now)
    except DomainError as no:
        return "refused", str(no)[:200]
    return "done", None


def _claim(todo_id: int, _: dict[str, Any], by: int, now: datetime) -> None:
    claim(todo_id, by=by, now=now)


def _assign(todo_id: int, params: dict[str, Any], by: int, now: datetime) -> None:
    assign(locked(Todo, todo_id, "todo"), params["assign"], by=by, now=now)


def _change(make: Callable[[Any], Change], name: str) -> Callable[[int, dict[str, Any], int, datetime], None]:
    def act(todo_id: int, params: dict[str, Any], by: int, now: datetime) -> None:
        todo = locked(Todo, todo_id, "todo")
        edit(todo, make(params[name]), version=todo.version, by=by, now=now)

    return act


ACTS: dict[str, Callable[[int, dict[str, Any], int, datetime], None]] = {
    "claim": _claim,
    "assign": _assign,
    "status": _change(lambda word: Change(status=TodoStatus(word)), "status"),
    "priority": _change(lambda word: Change(priority=Priority(word)), "priority"),
    "due": _change(lambda instant: Change(due_at=datetime.fromisoformat(instant)), "due"),
}
