"""One action on many todos: asked once, done by a job in chunks, each row with its outcome."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from dashboard import clock, todos
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import AuditEvent, BulkAction, BulkRow, Todo, User
from dashboard.models.base import new_reference
from dashboard.rights import Role
from dashboard.todos import bulk
from dashboard.unit import reading, writing
from jobs import todos as _todos  # noqa: F401 - a job is known once its module is imported
from tests.support import cast
from tests.support.desk import PART, post
from tests.support.sales import work
from tests.support.signed_in import signed_in

pytestmark = pytest.mark.both
Desk = tuple[FlaskClient, User]


@pytest.fixture
def desk(app: Flask) -> Desk:
    return signed_in(app)


def opened(count: int, **values: Any) -> list[Todo]:
    with writing():
        return [cast.todo(now=clock.now(), **values) for _ in range(count)]


def ask(client: FlaskClient, rows: list[Todo] = (), **said: Any) -> str:  # type: ignore[assignment]
    """Where its progress is shown."""
    ticked = {"todo": [row.id for row in rows]} if rows else {}
    answer = post(client, "/staff/queue/bulk-actions", **{"key": new_reference(), **ticked, **said})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def outcomes() -> dict[str, int]:
    with reading():
        counted = select(BulkRow.outcome, func.count()).group_by(BulkRow.outcome)
        return dict(db.session.execute(counted).all())


def assignees() -> list[int | None]:
    with reading():
        return list(db.session.scalars(select(Todo.assignee_id).order_by(Todo.id)))


def test_the_ticked_ones_are_assigned_and_the_person_who_asked_stands_in_the_audit(
    app: Flask, desk: Desk
) -> None:
    rows = opened(3)
    href = ask(desk[0], rows[:2], action="assign", assignee=str(desk[1].id), next="/staff/queue?view=my")
    work("todos.bulk")

    assert assignees() == [desk[1].id, desk[1].id, None]
    page = desk[0].get(href).text
    assert f"Assign 2 todos to {desk[1].name}" in page
    assert "2 done, 0 refused, 0 left of 2" in page
    assert 'href="/staff/queue?view=my"' in page
    with reading():
        actors = db.session.scalars(
            select(AuditEvent.actor).where(AuditEvent.action == Action.TODO_ASSIGNED.value)
        ).all()
    assert actors == [desk[1].ref] * 2


def test_all_matching_means_those_that_matched_when_it_was_asked(desk: Desk) -> None:
    opened(60, priority="high"), opened(3)
    ask(desk[0], action="claim", all_matching="1", query="priority=high")
    opened(1, priority="high")
    work("todos.bulk")

    assert outcomes() == {"done": 60}
    assert assignees().count(desk[1].id) == 60


def test_a_refused_row_says_why_and_the_others_go_on(desk: Desk) -> None:
    rows = opened(3)
    with writing():
        todos.claim(rows[1].id, by=cast.person("Another Fulfiller").id, now=clock.now())
    href = ask(desk[0], rows, action="priority", priority="high")
    work("todos.bulk")

    assert outcomes() == {"done": 2, "refused": 1}
    assert "Somebody else has claimed this todo." in desk[0].get(href).text


@pytest.mark.parametrize(
    ("said", "name", "value"),
    [
        ({"action": "status", "status": "waiting"}, "status", "waiting"),
        ({"action": "priority", "priority": "high"}, "priority", "high"),
    ],
)
def test_each_action_does_what_it_says(desk: Desk, said: dict[str, str], name: str, value: str) -> None:
    ask(desk[0], opened(1), **said)
    work("todos.bulk")

    with reading():
        assert getattr(db.session.scalars(select(Todo)).one(), name) == value


def test_due_dates_are_days_of_the_firm(desk: Desk) -> None:
    href = ask(desk[0], opened(1), action="due", due_date="2031-05-06")
    work("todos.bulk")

    assert "6 May 2031" in desk[0].get(href).text
    with reading():
        assert db.session.scalars(select(Todo.due_at)).one().isoformat().startswith("2031-05-06")


def test_the_same_form_sent_twice_asks_once(desk: Desk) -> None:
    rows, key = opened(1), new_reference()
    first = ask(desk[0], rows, action="claim", key=key)
    again = ask(desk[0], rows, action="claim", key=key)

    assert first == again
    with reading():
        assert db.session.scalar(select(func.count()).select_from(BulkAction)) == 1


def test_killed_in_between_it_goes_on_where_it_was(desk: Desk) -> None:
    ask(desk[0], opened(120), action="claim")
    with reading():
        bulk_id = db.session.scalars(select(BulkAction.id)).one()
    with writing():
        bulk.do_chunk(db.session.get_one(BulkAction, bulk_id), clock.now())
    with reading():
        first = db.session.scalar(select(func.count()).where(AuditEvent.action == Action.TODO_CLAIMED.value))
    work("todos.bulk")

    assert first == 50
    assert outcomes() == {"done": 120}
    with reading():
        assert (
            db.session.scalar(select(func.count()).where(AuditEvent.action == Action.TODO_CLAIMED.value))
            == 120
        )


def test_progress_is_polled_until_it_ends(desk: Desk) -> None:
    href = ask(desk[0], opened(1), action="claim")
    poll = live(desk[0].get(href).text)
    assert poll
    assert desk[0].get(poll, headers=PART).status_code == 204

    work("todos.bulk")
    answer = desk[0].get(poll, headers=PART)
    assert answer.text.lstrip().startswith('<section id="progress"')
    assert live(answer.text) is None


def live(page: str) -> str | None:
    found = re.search(r'id="progress"[^>]* hx-get="([^"]+)"', page)
    return found and found[1]


def test_without_a_selection_or_a_value_nothing_is_asked(desk: Desk) -> None:
    rows = opened(1)
    for said in (
        {"action": "claim"},
        {"action": "due", "todo": rows[0].id},
        {"action": "claim", "todo": rows[0].id, "key": "x"},
    ):
        answer = post(desk[0], "/staff/queue/bulk-actions", **{"key": new_reference(), **said})
        assert answer.status_code == 422, said


def test_whoever_loses_the_right_meanwhile_changes_nothing(desk: Desk) -> None:
    ask(desk[0], opened(1), action="claim")
    with writing():
        db.session.get_one(User, desk[1].id).role = Role.READ_ONLY
    work("todos.bulk")

    assert outcomes() == {"refused": 1}
