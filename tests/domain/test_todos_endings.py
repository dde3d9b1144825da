"""Completing, canceling and reopening: what it takes, and what happens to the order."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import todos
from dashboard.audit import Action
from dashboard.errors import Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import AuditEvent, Order, OrderStatus, Todo, TodoNote, TodoStatus, User
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import cast

OPEN_ITEM = {"key": "record", "label": "Record brought up to date", "done": False, "help": ""}


@pytest.fixture
def me(app: Flask) -> User:
    with writing():
        return cast.person()


def fulfilment(slug: str = "npi-revalidation", *, interval: str | None = None, **values: object) -> Todo:
    with writing():
        return cast.todo(cast.paid_order(slug, billing_interval=interval), **values)


def complete(todo: Todo, me: User, **said: object) -> Todo:
    with writing():
        found = todos.locked(todo.id)
        told = {"version": found.version, "tracking_id": "T-1", "reason": None, **said}
        todos.complete(found, by=me.id, now=NOW, **told)  # type: ignore[arg-type]
        return found


def order_of(todo: Todo) -> Order:
    with reading():
        return db.session.get_one(Order, todo.order_id)


def test_completing_completes_a_one_time_order_with_two_audit_events(me: User) -> None:
    todo = complete(fulfilment(), me)

    assert (todo.status, todo.tracking_id, todo.finished_by) == (TodoStatus.DONE, "T-1", me.id)
    assert order_of(todo).status is OrderStatus.COMPLETED
    with reading():
        acts = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc()).limit(2)).all()
    assert set(acts) == {Action.TODO_COMPLETED.value, Action.ORDER_CHANGED.value}


def test_a_subscription_goes_on_when_its_todo_is_done(me: User) -> None:
    todo = complete(fulfilment("oig-sam-screening", interval="month"), me, tracking_id=None)

    assert order_of(todo).status is OrderStatus.ACTIVE


def test_a_plain_task_about_an_order_does_not_complete_it(me: User) -> None:
    todo = complete(fulfilment(category="task"), me, tracking_id=None)

    assert order_of(todo).status is OrderStatus.ACTIVE


def test_an_open_checklist_item_stops_completion(me: User) -> None:
    todo = fulfilment(checklist=[OPEN_ITEM])
    with pytest.raises(todos.NotReady, match="1 checklist item is open"):
        complete(todo, me)

    with writing():
        found = todos.locked(todo.id)
        todos.tick(found, {"record"}, version=found.version, by=me.id, now=NOW)
    assert complete(todo, me).status is TodoStatus.DONE


def test_what_is_filed_online_wants_a_tracking_id_or_a_reason(me: User) -> None:
    todo = fulfilment()
    with pytest.raises(Invalid) as no:
        complete(todo, me, tracking_id="")
    assert no.value.field == "tracking_id"

    complete(todo, me, tracking_id="", reason="The portal gave none.")
    with reading():
        assert db.session.scalars(select(TodoNote)).one().body == "The portal gave none."


def test_what_goes_by_mail_wants_no_tracking_id(me: User) -> None:
    todo = fulfilment(data={"surrogate_access": "no"})

    assert complete(todo, me, tracking_id=None).status is TodoStatus.DONE


def test_a_stale_version_changes_nothing(me: User) -> None:
    todo = fulfilment()
    with pytest.raises(StaleVersion):
        complete(todo, me, version=todo.version - 1)

    assert order_of(todo).status is OrderStatus.ACTIVE


def test_a_closed_todo_is_not_closed_again(me: User) -> None:
    todo = complete(fulfilment(), me)
    with pytest.raises(todos.TodoClosed):
        complete(todo, me)


def test_canceling_leaves_the_order_and_keeps_the_reason(me: User) -> None:
    todo = fulfilment()
    with writing():
        todos.cancel(todos.locked(todo.id), version=todo.version, reason="Asked twice.", by=me.id, now=NOW)

    assert order_of(todo).status is OrderStatus.ACTIVE
    with reading():
        assert db.session.get_one(Todo, todo.id).outcome_note == "Asked twice."


def test_reopening_puts_the_order_back(me: User) -> None:
    todo = complete(fulfilment(), me)
    with writing():
        found = todos.locked(todo.id)
        todos.reopen(found, version=found.version, reason="PECOS returned it.", by=me.id, now=NOW)

    assert found.status is TodoStatus.IN_PROGRESS
    assert order_of(todo).status is OrderStatus.ACTIVE
