"""A claim locks a todo for two hours: of two people one wins, and the other learns who and until when."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import todos
from dashboard.extensions import db
from dashboard.models import AuditEvent, Todo, TodoNote, TodoStatus, User
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import cast

pytestmark = pytest.mark.both
HOUR = timedelta(hours=1)


@pytest.fixture
def people(app: Flask) -> tuple[User, User]:
    with writing():
        return cast.person("First Fulfiller"), cast.person("Second Fulfiller")


@pytest.fixture
def todo(app: Flask) -> Todo:
    with writing():
        return cast.todo()


def claimed(todo: Todo, by: User, now=NOW) -> Todo:
    with writing():
        return todos.claim(todo.id, by=by.id, now=now)


def test_a_claim_holds_for_two_hours_and_begins_the_work(people: tuple[User, User], todo: Todo) -> None:
    mine = claimed(todo, people[0])

    assert (mine.assignee_id, mine.claimed_until) == (people[0].id, NOW + 2 * HOUR)
    assert mine.status is TodoStatus.IN_PROGRESS


def test_of_many_who_claim_at_once_one_wins_and_the_others_learn_who(app: Flask, todo: Todo) -> None:
    with writing():
        crowd = [cast.person(f"Fulfiller {n}") for n in range(6)]
    start = Barrier(len(crowd))

    def attempt(user: User) -> int:
        start.wait()
        with app.app_context():
            try:
                return claimed(todo, user).assignee_id or 0
            except todos.AlreadyClaimed as no:
                return -no.user_id

    with ThreadPoolExecutor(len(crowd)) as pool:
        answers = list(pool.map(attempt, crowd))

    winners = [answer for answer in answers if answer > 0]
    assert len(winners) == 1
    assert sorted(answers) == [-winners[0]] * 5 + winners


def test_a_claim_that_ran_out_can_be_claimed_by_another(people: tuple[User, User], todo: Todo) -> None:
    claimed(todo, people[0])
    with pytest.raises(todos.AlreadyClaimed) as no:
        claimed(todo, people[1], NOW + HOUR)
    assert (no.value.user_id, no.value.until) == (people[0].id, NOW + 2 * HOUR)

    assert claimed(todo, people[1], NOW + 3 * HOUR).assignee_id == people[1].id


def test_work_on_it_extends_the_claim(people: tuple[User, User], todo: Todo) -> None:
    claimed(todo, people[0])
    with writing():
        mine = todos.locked(todo.id)
        todos.note(mine, "Called the client.", by=people[0].id, now=NOW + HOUR)

    with pytest.raises(todos.AlreadyClaimed) as no:
        claimed(todo, people[1], NOW + 2.5 * HOUR)
    assert no.value.until == NOW + 3 * HOUR


def test_a_note_leaves_an_open_form_savable(people: tuple[User, User], todo: Todo) -> None:
    version = claimed(todo, people[0]).version
    with writing():
        todos.note(todos.locked(todo.id), "Called the client.", by=people[0].id, now=NOW)
    change = todos.Change(status=TodoStatus.WAITING)
    with writing():
        todos.edit(todos.locked(todo.id), change, version=version, by=people[0].id, now=NOW)

    with reading():
        assert db.session.get_one(Todo, todo.id).status is TodoStatus.WAITING


def test_taking_over_keeps_the_reason_as_a_note(people: tuple[User, User], todo: Todo) -> None:
    claimed(todo, people[0])
    with writing():
        todos.take_over(todos.locked(todo.id), reason="She is ill today.", by=people[1].id, now=NOW)

    with reading():
        assert db.session.get_one(Todo, todo.id).assignee_id == people[1].id
        assert db.session.scalars(select(TodoNote)).one().body == "She is ill today."
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.reason == "taken over")).one()
        assert "ill" not in (event.changes or "")


def test_a_released_todo_is_pending_and_free(people: tuple[User, User], todo: Todo) -> None:
    claimed(todo, people[0])
    with writing():
        todos.release(todos.locked(todo.id), by=people[0].id, now=NOW)

    assert claimed(todo, people[1]).assignee_id == people[1].id


def test_nobody_changes_what_another_holds(people: tuple[User, User], todo: Todo) -> None:
    version = claimed(todo, people[0]).version
    with pytest.raises(todos.AlreadyClaimed), writing():
        todos.cancel(todos.locked(todo.id), version=version, reason="Not needed.", by=people[1].id, now=NOW)


def test_claiming_next_takes_high_priority_first_then_the_earliest_due(people: tuple[User, User]) -> None:
    with writing():
        cast.todo(due_at=NOW)
        late = cast.todo(priority="high", due_at=NOW + 2 * HOUR)
        early = cast.todo(priority="high", due_at=NOW + HOUR)
    with writing():
        first = todos.claim_next(by=people[0].id, now=NOW)
    with writing():
        second = todos.claim_next(by=people[1].id, now=NOW)

    assert [first.id, second.id] == [early.id, late.id]


def test_two_who_claim_next_at_once_get_two_todos(app: Flask, people: tuple[User, User]) -> None:
    with writing():
        cast.todo(), cast.todo()
    start = Barrier(2)

    def next_for(user: User) -> int:
        start.wait()
        with app.app_context(), writing():
            return todos.claim_next(by=user.id, now=NOW).id

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(next_for, people))) == 2


def test_with_nothing_left_to_claim_it_says_so(people: tuple[User, User], todo: Todo) -> None:
    claimed(todo, people[0])
    with pytest.raises(todos.NothingToClaim), writing():
        todos.claim_next(by=people[1].id, now=NOW)
