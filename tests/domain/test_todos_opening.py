"""Each fact opens one todo, in whatever number it is told, and the staff channel hears of it once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import AuditEvent, Message, Todo
from dashboard.unit import reading, writing
from tests.support import cast

pytestmark = pytest.mark.both


def test_a_fact_told_twice_opens_one_todo(app: Flask) -> None:
    with writing():
        first = cast.todo(key="alert:1", title="First words")
    with writing():
        again = cast.todo(key="alert:1", title="Other words")

    assert again.id == first.id
    assert again.title == "First words"


def test_eight_that_open_at_once_get_the_same_todo(app: Flask) -> None:
    def open_it(_: int) -> int:
        with app.app_context(), writing():
            return cast.todo(key="alert:1").id

    with ThreadPoolExecutor(8) as pool:
        ids = set(pool.map(open_it, range(8)))

    assert len(ids) == 1
    with reading():
        assert db.session.scalar(select(func.count()).select_from(Todo)) == 1
        opened = select(func.count()).where(AuditEvent.action == Action.TODO_OPENED.value)
        assert db.session.scalar(opened) == 1
        assert db.session.scalar(select(func.count()).select_from(Message)) == 1


def test_what_a_todo_says_is_sealed_at_rest(app: Flask) -> None:
    with writing():
        todo = cast.todo(description="Provider: Dr. Sample Provider", data={"specialty": "Cardiology"})

    with reading():
        found = db.session.get(Todo, todo.id)
        assert found is not None
        assert found.description == "Provider: Dr. Sample Provider"
        assert found.data == {"specialty": "Cardiology"}
        assert b"Sample" not in (found._description or b"")
