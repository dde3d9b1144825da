"""One action on many todos: asked for in the list, done by a job, followed on a page of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, case, func, select

from dashboard import clock
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import BulkAction, BulkRow, BulkState, Job, JobState, Todo
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos import bulk, due_instant, lists
from dashboard.todos.hands import Hands, hands
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.filters import day_words, words
from dashboard.web.pages import page, wants_fragment
from dashboard.web.staff.queue import asked
from dashboard.web.staff.queue import bp as queue_bp
from dashboard.web.staff.shapes import QUEUE, local, reader, todo_href, zone
from dashboard.web.staff.todo_page import parameters
from forms.todos import BulkForm

bp = Blueprint("bulk_actions", __name__, url_prefix="/staff/bulk-actions")
KEY = re.compile(r"[0-9a-f]{32}")
MOST_SHOWN = 200
FIRST = case({"refused": 0, "waiting": 2}, value=BulkRow.outcome, else_=1)


@dataclass(frozen=True, slots=True)
class BulkShown:
    """How far it is. Instants are UTC."""

    id: int
    title: str
    state: str
    total: int
    succeeded: int
    refused: int
    asked_by: str
    asked_at: datetime
    ended_at: datetime | None

    @property
    def left(self) -> int:
        return self.total - self.succeeded - self.refused

    @property
    def stamp(self) -> str:
        return f"{self.state}-{self.succeeded}-{self.refused}"


@dataclass(frozen=True, slots=True)
class Result:
    title: str
    href: str
    outcome: str
    reason: str | None


@queue_bp.post("/bulk-actions")
@require(Permission.WORK_QUEUE)
def ask() -> ResponseReturnValue:
    """Keep what matches now, and have it done. Sent twice, it is asked once: the key says so."""
    with reading():
        people = hands()
    form = BulkForm()
    form.among(people.workers)
    _must_be_whole(form)
    params = {
        form.action.data: VALUES[form.action.data](form),
        "back": local(request.form.get("next"), QUEUE),
    }
    with writing():
        meets = _chosen(form, people)
        wanted = bulk.ask(
            form.action.data, params, meets, key=form.key.data, by=me().user_id, now=clock.now()
        )
    return redirect(f"{bp.url_prefix}/{wanted.id}", 303)


def _must_be_whole(form: BulkForm) -> None:
    if not form.validate_on_submit():
        name, problems = next(iter(form.errors.items()))
        raise Invalid(str(name), " ".join(problems))
    if not KEY.fullmatch(form.key.data):
        raise Invalid("key", "Reload the list, then choose again.")


def _chosen(form: BulkForm, people: Hands) -> list[ColumnElement[bool]]:
    """The ticked ones, or all that the list's filter matches at this moment."""
    if not form.all_matching.data:
        return [Todo.id.in_(form.todo.data)]
    return lists.conditions(asked(parameters(form.query.data or ""), people).filter, reader())


def _status(form: BulkForm) -> Any:
    return _needed(form.status, "Choose a status.")


def _priority(form: BulkForm) -> Any:
    return _needed(form.priority, "Choose a priority.")


def _due(form: BulkForm) -> str:
    return due_instant(_needed(form.due_date, "Choose a day."), zone()).isoformat()


def _needed(field: Any, message: str) -> Any:
    if not field.data:
        raise Invalid(field.name, message)
    return field.data


VALUES: dict[str, Callable[[BulkForm], Any]] = {
    "claim": lambda _: None,
    "assign": lambda form: int(form.assignee.data) if form.assignee.data else None,
    "status": _status,
    "priority": _priority,
    "due": _due,
}


@bp.get("/<int:bulk_id>")
@require(Permission.SEE_QUEUE)
def show(bulk_id: int) -> ResponseReturnValue:
    """How far it is, row by row; asked with `since`, 204 until something has happened."""
    with reading():
        asked_for, people = found(BulkAction, bulk_id, "bulk action"), hands()
        shown = _shown(asked_for, people)
        if wants_fragment() and request.args.get("since") == shown.stamp:
            return "", 204
        results = _results(bulk_id)
    return page(
        "staff/bulk_action.html",
        fragment="progress",
        bulk=shown,
        results=results,
        more=max(0, shown.total - len(results)),
        back=local(asked_for.params.get("back"), QUEUE),
        live_href=f"{bp.url_prefix}/{bulk_id}?since={shown.stamp}",
    )


def _shown(asked_for: BulkAction, people: Hands) -> BulkShown:
    counted = select(BulkRow.outcome, func.count()).where(BulkRow.bulk_action_id == asked_for.id)
    outcomes = dict(db.session.execute(counted.group_by(BulkRow.outcome)).all())
    return BulkShown(
        id=asked_for.id,
        title=_title(asked_for, people),
        state=_state(asked_for),
        total=asked_for.total,
        succeeded=outcomes.get("done", 0),
        refused=outcomes.get("refused", 0),
        asked_by=people.names.get(asked_for.asked_by, "Unknown"),
        asked_at=asked_for.created_at,
        ended_at=asked_for.finished_at,
    )


def _state(asked_for: BulkAction) -> str:
    """As its own row says, unless its job failed for good."""
    if asked_for.state is BulkState.DONE:
        return "done"
    last = select(Job.state).where(Job.kind == "todos.bulk", Job.key == bulk.job_key(asked_for))
    if db.session.scalar(last.order_by(Job.id.desc()).limit(1)) is JobState.FAILED:
        return "failed"
    return "ready" if asked_for.state is BulkState.WAITING else "running"


def _title(asked_for: BulkAction, people: Hands) -> str:
    """ "Assign 50 todos to Demo Fulfiller"."""
    value: Any = asked_for.params.get(asked_for.action)
    count = f"{asked_for.total} todo{'s' if asked_for.total != 1 else ''}"
    if asked_for.action == "claim":
        return f"Claim {count}"
    if asked_for.action == "assign":
        return f"Assign {count} to {people.names.get(value, 'nobody')}"
    if asked_for.action == "due":
        return f"Make {count} due {day_words(datetime.fromisoformat(value).date())}"
    return f"Set {asked_for.action} of {count} to {words(value).lower()}"


def _results(bulk_id: int) -> list[Result]:
    rows = select(Todo.id, Todo.title, BulkRow.outcome, BulkRow.reason).join(Todo, Todo.id == BulkRow.todo_id)
    rows = rows.where(BulkRow.bulk_action_id == bulk_id).order_by(FIRST, BulkRow.id).limit(MOST_SHOWN)
    return [
        Result(title, todo_href(id), outcome, reason)
        for id, title, outcome, reason in db.session.execute(rows)
    ]
