"""The page of one todo: what it shows, and that each button does what it says, with and without
JavaScript.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import clock, todos
from dashboard.extensions import db
from dashboard.models import Order, OrderStatus, Todo, TodoStatus, User
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.desk import part, post
from tests.support.sales import sell
from tests.support.signed_in import client_of, signed_in

Desk = tuple[FlaskClient, User]
OPEN_ITEM = {"key": "record", "label": "Record brought up to date", "done": False, "help": "Note the day."}


@pytest.fixture
def desk(app: Flask) -> Desk:
    return signed_in(app)


def fulfilment(**values: Any) -> Todo:
    """The todo of an order that was really placed."""
    with writing():
        order = sell(paid_note="Paid by cheque.", method="card")
        order.status = OrderStatus.ACTIVE
        return cast.todo(order, now=clock.now(), description="Dr. Sample Provider", **values)


def now_of(todo: Todo) -> Todo:
    with reading():
        return db.session.get_one(Todo, todo.id)


def details(todo: Todo, **other: str) -> dict[str, Any]:
    told = {
        "version": todo.version,
        "status": "waiting",
        "priority": "high",
        "due_date": "2031-05-06",
        "assignee": "",
    }
    return told | other


def test_the_page_tells_the_whole_story(desk: Desk) -> None:
    todo = fulfilment(checklist=[OPEN_ITEM])
    page = desk[0].get(f"/staff/queue/{todo.id}").text

    for words in (
        "Demo Family Practice",
        "Dr. Sample Provider",
        "Record brought up to date",
        "1234567893",
    ):
        assert words in page
    assert "Opened: " in page or "Opened<" in page
    assert len(re.findall("<h1", page)) == 1


def test_an_unknown_todo_is_not_found(desk: Desk) -> None:
    assert desk[0].get("/staff/queue/999999").status_code == 404


def test_claim_save_note_and_complete_work_without_javascript(desk: Desk) -> None:
    todo = fulfilment()
    href = f"/staff/queue/{todo.id}"
    assert post(desk[0], f"{href}/claim").location == href
    claimed = now_of(todo)
    assert post(desk[0], f"{href}/details", **details(claimed, assignee=str(desk[1].id))).status_code == 303
    assert post(desk[0], f"{href}/notes", text="Called the client.").status_code == 303
    saved = now_of(todo)
    assert (saved.status, saved.priority, saved.assignee_id) == (TodoStatus.WAITING, "high", desk[1].id)

    answer = post(
        desk[0], f"{href}/completion", version=saved.version, tracking_id="T-1", next="/staff/queue?view=my"
    )
    assert (answer.status_code, answer.location) == (303, "/staff/queue?view=my")
    with reading():
        assert db.session.get_one(Order, todo.order_id).status is OrderStatus.COMPLETED
    page = desk[0].get(href).text
    for words in ("Called the client.", "Completed", "Claimed", "Open it again"):
        assert words in page


def test_with_javascript_each_save_answers_with_the_task(desk: Desk) -> None:
    todo = fulfilment()
    answer = post(desk[0], f"/staff/queue/{todo.id}/claim", part("div#task"))

    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="task"')
    assert "Claimed: yours for two hours." in answer.text


def test_a_note_answers_with_the_timeline(desk: Desk) -> None:
    todo = fulfilment()
    answer = post(
        desk[0], f"/staff/queue/{todo.id}/notes", part("section#timeline"), text="Called <b>twice</b>."
    )

    assert answer.text.lstrip().startswith('<section class="section" id="timeline"')
    assert "Called &lt;b&gt;twice&lt;/b&gt;." in answer.text


def test_a_stale_save_shows_both_values_and_keeps_what_was_typed(app: Flask, desk: Desk) -> None:
    todo = fulfilment()
    opened = details(todo)
    with writing():
        other = cast.person("Another Fulfiller")
    other_desk = client_of(app, other)
    post(
        other_desk,
        f"/staff/queue/{todo.id}/details",
        **details(todo, status="in_progress", due_date="2031-01-02"),
    )

    answer = post(desk[0], f"/staff/queue/{todo.id}/details", **opened)
    assert answer.status_code == 409
    for words in ("Another Fulfiller saved it", "2031-05-06", "2031-01-02", "In progress"):
        assert words in answer.text
    assert now_of(todo).status is TodoStatus.IN_PROGRESS

    again = post(desk[0], f"/staff/queue/{todo.id}/details", **opened | {"version": now_of(todo).version})
    assert again.status_code == 303
    assert now_of(todo).status is TodoStatus.WAITING


def test_a_stale_reason_is_kept_too(desk: Desk) -> None:
    todo = fulfilment()
    answer = post(
        desk[0],
        f"/staff/queue/{todo.id}/cancellation",
        part("div#task"),
        version=todo.version - 1,
        reason="Asked twice.",
    )

    assert answer.status_code == 409
    assert "Asked twice." in answer.text
    assert answer.text.lstrip().startswith('<div id="task"')


def test_a_form_with_a_gap_comes_back_with_its_words(desk: Desk) -> None:
    todo = fulfilment()
    answer = post(desk[0], f"/staff/queue/{todo.id}/details", **details(todo, due_date=""))
    assert answer.status_code == 422
    assert "Give a day on which it is due." in answer.text

    answer = post(
        desk[0], f"/staff/queue/{todo.id}/completion", version=todo.version, tracking_id="", reason=""
    )
    if todos.is_filed_online(todo):
        assert answer.status_code == 422
        assert "tracking ID, or the reason" in answer.text


def test_an_open_checklist_item_stands_in_the_way_until_it_is_ticked(desk: Desk) -> None:
    todo = fulfilment(checklist=[OPEN_ITEM])
    said = {"version": todo.version, "tracking_id": "T-1"}
    refused = post(desk[0], f"/staff/queue/{todo.id}/completion", **said)
    assert (refused.status_code, now_of(todo).status) == (422, TodoStatus.PENDING)
    assert "1 checklist item is open." in refused.text

    post(desk[0], f"/staff/queue/{todo.id}/checklist", version=todo.version, item="record")
    said["version"] = now_of(todo).version
    assert post(desk[0], f"/staff/queue/{todo.id}/completion", **said).status_code == 303


def test_another_may_take_over_with_a_reason(app: Flask, desk: Desk) -> None:
    todo = fulfilment()
    with writing():
        todos.claim(todo.id, by=cast.person("Another Fulfiller").id, now=clock.now())

    assert "Take over from Another Fulfiller" in desk[0].get(f"/staff/queue/{todo.id}").text
    assert post(desk[0], f"/staff/queue/{todo.id}/takeover", reason="").status_code == 422
    assert post(desk[0], f"/staff/queue/{todo.id}/takeover", reason="She is ill today.").status_code == 303
    assert now_of(todo).assignee_id == desk[1].id


def test_cancel_and_reopen(desk: Desk) -> None:
    todo = fulfilment()
    post(desk[0], f"/staff/queue/{todo.id}/cancellation", version=todo.version, reason="Asked twice.")
    assert now_of(todo).status is TodoStatus.CANCELED
    assert (
        post(
            desk[0], f"/staff/queue/{todo.id}/cancellation", version=now_of(todo).version, reason="x"
        ).status_code
        == 409
    )

    post(desk[0], f"/staff/queue/{todo.id}/reopening", version=now_of(todo).version)
    assert now_of(todo).is_open


def test_next_and_previous_follow_the_list_one_came_from(desk: Desk) -> None:
    with writing():
        rows = [
            cast.todo(now=clock.now(), due_at=clock.now() + timedelta(days=day), priority=priority)
            for day, priority in enumerate(["high", "normal", "high", "high"])
        ]
    page = desk[0].get(f"/staff/queue/{rows[2].id}?next=/staff/queue?priority=high").text

    assert f'href="/staff/queue/{rows[0].id}?next=%2Fstaff%2Fqueue%3Fpriority%3Dhigh" rel="prev"' in page
    assert f'href="/staff/queue/{rows[3].id}?next=%2Fstaff%2Fqueue%3Fpriority%3Dhigh" rel="next"' in page


@pytest.mark.parametrize(
    "elsewhere", ["https://example.test/", "//example.test", "/\\example.test", "/login"]
)
def test_next_leads_nowhere_else(desk: Desk, elsewhere: str) -> None:
    todo = fulfilment()
    assert (
        post(desk[0], f"/staff/queue/{todo.id}/claim", next=elsewhere).location == f"/staff/queue/{todo.id}"
    )


def test_who_may_only_look_sees_no_form_that_changes(app: Flask) -> None:
    todo = fulfilment()
    client, _ = signed_in(app, Role.READ_ONLY)
    page = client.get(f"/staff/queue/{todo.id}").text

    assert f"/staff/queue/{todo.id}/" not in page
    assert "Your role may look at todos" in page
