"""One todo: its page, and everything a person can do to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard import clock, todos
from dashboard.errors import DomainError, Invalid, StaleVersion
from dashboard.models import Priority, Todo, TodoStatus
from dashboard.rights import Permission
from dashboard.todos.hands import hands
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page, wants_fragment
from dashboard.web.staff import conflicts, todo_page
from dashboard.web.staff.queue import bp
from dashboard.web.staff.shapes import local, todo_href, with_list, zone
from dashboard.web.staff.todo_page import Forms
from forms.todos import CancelForm, ChecklistForm, DoneForm, NoteForm, ReopenForm, TakeOverForm, TodoForm

Act = Callable[[Todo], object]


@bp.get("/<int:todo_id>")
@require(Permission.SEE_QUEUE)
def show(todo_id: int) -> ResponseReturnValue:
    """The todo with its order, answers, checklist and timeline."""
    return page("staff/todo.html", fragment="task", **todo_page.context(todo_id, Forms.blank()))


@bp.post("/<int:todo_id>/claim")
@require(Permission.WORK_QUEUE)
def claim(todo_id: int) -> ResponseReturnValue:
    """Take it: of two who do, one wins and the other is told who."""
    return _acted(
        todo_id,
        lambda: todos.claim(todo_id, by=me().user_id, now=clock.now()),
        "Claimed: yours for two hours.",
    )


@bp.post("/<int:todo_id>/takeover")
@require(Permission.WORK_QUEUE)
def take_over(todo_id: int) -> ResponseReturnValue:
    form = TakeOverForm()
    return _changed(todo_id, form, _take_over, "Taken over.")


def _take_over(todo: Todo, form: TakeOverForm) -> None:
    todos.take_over(todo, reason=form.reason.data, by=me().user_id, now=clock.now())


@bp.post("/<int:todo_id>/release")
@require(Permission.WORK_QUEUE)
def release(todo_id: int) -> ResponseReturnValue:
    def act() -> None:
        todos.release(todos.locked(todo_id), by=me().user_id, now=clock.now())

    return _acted(todo_id, act, "Given back.")


@bp.post("/<int:todo_id>/details")
@require(Permission.WORK_QUEUE)
def save(todo_id: int) -> ResponseReturnValue:
    """Save the right-hand form over the version it was opened with."""
    with reading():
        people = hands()
    form = TodoForm()
    form.among(people.workers)
    return _changed(todo_id, form, _save, "Saved.")


def _save(todo: Todo, form: TodoForm) -> None:
    change = todos.Change(
        status=TodoStatus(form.status.data),
        priority=Priority(form.priority.data),
        due_at=None if form.due_date.data == todos.day_of(todo.due_at, zone()) else _due(form.due_date.data),
    )
    to = int(form.assignee.data) if form.assignee.data else None
    todos.edit_and_assign(todo, change, to, **_said(form))


def _due(day: date) -> Any:
    return todos.due_instant(day, zone())


@bp.post("/<int:todo_id>/checklist")
@require(Permission.WORK_QUEUE)
def tick(todo_id: int) -> ResponseReturnValue:
    return _changed(todo_id, ChecklistForm(), _tick, "Checklist saved.")


def _tick(todo: Todo, form: ChecklistForm) -> None:
    todos.tick(todo, form.item.data or (), **_said(form))


@bp.post("/<int:todo_id>/completion")
@require(Permission.WORK_QUEUE)
def complete(todo_id: int) -> ResponseReturnValue:
    return _changed(todo_id, DoneForm(), _complete, "Done.")


def _complete(todo: Todo, form: DoneForm) -> None:
    todos.complete(todo, tracking_id=form.tracking_id.data, reason=form.reason.data, **_said(form))


@bp.post("/<int:todo_id>/cancellation")
@require(Permission.WORK_QUEUE)
def cancel(todo_id: int) -> ResponseReturnValue:
    return _changed(todo_id, CancelForm(), _cancel, "Canceled.")


def _cancel(todo: Todo, form: CancelForm) -> None:
    todos.cancel(todo, reason=form.reason.data, **_said(form))


@bp.post("/<int:todo_id>/reopening")
@require(Permission.WORK_QUEUE)
def reopen(todo_id: int) -> ResponseReturnValue:
    return _changed(todo_id, ReopenForm(), _reopen, "Open again.")


def _reopen(todo: Todo, form: ReopenForm) -> None:
    todos.reopen(todo, reason=form.reason.data, **_said(form))


@bp.post("/<int:todo_id>/notes")
@require(Permission.WORK_QUEUE)
def note(todo_id: int) -> ResponseReturnValue:
    form = NoteForm()
    return _changed(todo_id, form, _note, "Note added.", block="timeline")


def _note(todo: Todo, form: NoteForm) -> None:
    todos.note(todo, form.text.data, by=me().user_id, now=clock.now())


def _said(form: Any) -> dict[str, Any]:
    """Over which version, by whom and when."""
    return {"version": form.version.data, "by": me().user_id, "now": clock.now()}


def _changed(
    todo_id: int, form: FlaskForm, act: Callable[[Todo, Any], None], said: str, *, block: str = "task"
) -> ResponseReturnValue:
    """Check the form, act on the locked row, and answer; whatever was typed is kept when the answer is no."""
    if not form.validate_on_submit():
        return _shown(todo_id, form, block), 422
    return _acted(todo_id, lambda: act(todos.locked(todo_id), form), said, form=form, block=block)


def _acted(
    todo_id: int, act: Callable[[], object], said: str, *, form: FlaskForm | None = None, block: str = "task"
) -> ResponseReturnValue:
    try:
        with writing():
            act()
    except StaleVersion:
        return conflicts.stale(todo_id, form)
    except (Invalid, todos.NotReady) as no:
        return _mended(todo_id, form, no, block), no.status
    except (todos.AlreadyClaimed, todos.TodoClosed, todos.TodoOpen) as no:
        return conflicts.refused(todo_id, no, from_list=_from_list())
    return _answer(todo_id, said, block)


def _mended(todo_id: int, form: FlaskForm | None, no: DomainError, block: str) -> str:
    """The page again, with the rule's sentence at its field."""
    if form is not None and no.field in form:
        form[no.field].errors = [*form[no.field].errors, str(no)]
    return _shown(todo_id, form, block, announce=str(no))


def _shown(todo_id: int, form: FlaskForm | None, block: str, **more: Any) -> str:
    return page(
        "staff/todo.html", fragment=block, **todo_page.context(todo_id, Forms.blank().with_one(form)) | more
    )


def _answer(todo_id: int, said: str, block: str) -> ResponseReturnValue:
    """A row for a list, a block for the page; without JavaScript, back to whichever of them was open."""
    if not wants_fragment():
        flash(said)
        return redirect(local(request.form.get("next"), with_list(todo_href(todo_id))), 303)
    if _from_list():
        return conflicts.row(todo_id, said)
    return page(
        "staff/todo.html", fragment=block, **todo_page.context(todo_id, Forms.blank()) | {"announce": said}
    )


def _from_list() -> bool:
    return request.headers.get("HX-Target", "").startswith("tr#")
