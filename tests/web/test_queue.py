"""The queue's page: what its URL says is what it shows, in pages that visit each todo once."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from dashboard import clock, todos
from dashboard.audit import Action
from dashboard.extensions import db
from dashboard.models import AuditEvent, Priority, Todo, TodoStatus, User
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.desk import PART, post
from tests.support.signed_in import signed_in

pytestmark = pytest.mark.both
DAY = timedelta(days=1)


@pytest.fixture
def desk(app: Flask) -> tuple[FlaskClient, User]:
    return signed_in(app)


def shown(client: FlaskClient, href: str = "/staff/queue") -> list[int]:
    """The ids of the rows, in order."""
    answer = client.get(href)
    assert answer.status_code == 200, answer.text
    return [int(number) for number in re.findall(r'<tr id="t(\d+)"', answer.text)]


def link(client: FlaskClient, href: str, rel: str) -> str | None:
    found = re.search(rf'href="([^"]+)" rel="{rel}"', client.get(href).text)
    return found and found[1].replace("&amp;", "&")


@contextmanager
def statements() -> Iterator[list[str]]:
    """What was asked of the database, without the beginnings of units."""
    asked: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET")):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine, "before_cursor_execute", note)


def opened(count: int, **values: object) -> list[Todo]:
    with writing():
        return [cast.todo(now=clock.now(), **values) for _ in range(count)]


@pytest.mark.parametrize("sort", ["due", "newest", "oldest", "priority"])
def test_pages_visit_every_todo_once_in_both_directions(desk: tuple[FlaskClient, User], sort: str) -> None:
    chance, now = random.Random(sort), clock.now()
    with writing():
        for _ in range(130):
            cast.todo(
                due_at=now + chance.choice([0, 1, 2]) * DAY, priority=chance.choice(list(Priority)), now=now
            )
    href: str | None = f"/staff/queue?sort={sort}"
    pages, hrefs = [], []
    while href:
        hrefs.append(href)
        pages.append(shown(desk[0], href))
        href = link(desk[0], href, "next")

    everything = [number for rows in pages for number in rows]
    assert [len(rows) for rows in pages] == [32, 32, 32, 32, 2]
    assert len(set(everything)) == 130

    backwards = [pages[-1]]
    href = link(desk[0], hrefs[-1], "prev")
    while href:
        backwards.append(shown(desk[0], href))
        href = link(desk[0], href, "prev")
    assert backwards == pages[::-1]


FILTERS = {
    "status=waiting": "waiting",
    "priority=high": "high",
    "service=nppes-update": "service",
    "assignee=me": "mine",
    "view=my": "mine",
    "view=signature": "waiting",
    "due=overdue": "late",
    "view=overdue": "late",
    "age=week": "old",
    "q=1234567893": "npi",
    "q=123456": "npi",
    "q=clinic+needle": "words",
    "view=all&status=done": "done",
    "status=done": "done",
}


@pytest.mark.parametrize("query", FILTERS)
def test_a_filter_is_a_url(desk: tuple[FlaskClient, User], query: str) -> None:
    now = clock.now()
    plain = {"due_at": now + DAY, "now": now}
    with writing():
        made = {
            "plain": cast.todo(**plain),
            "high": cast.todo(**plain | {"priority": "high"}),
            "service": cast.todo(**plain | {"service_slug": "nppes-update"}),
            "mine": cast.todo(**plain | {"assignee": desk[1].id}),
            "late": cast.todo(**plain | {"due_at": now - DAY}),
            "old": cast.todo(**plain | {"now": now - 10 * DAY}),
            "npi": cast.todo(**plain | {"npi": "1234567893"}),
            "words": cast.todo(**plain | {"title": "A Needle in the demo CLINIC"}),
            "waiting": cast.todo(**plain),
            "done": cast.todo(**plain),
        }
        made["waiting"].status, made["done"].status = TodoStatus.WAITING, TodoStatus.DONE

    assert shown(desk[0], f"/staff/queue?{query}") == [made[FILTERS[query]].id]


def test_an_order_number_is_found_whole_and_by_its_beginning(desk: tuple[FlaskClient, User]) -> None:
    opened(2)
    with writing():
        wanted = cast.todo(cast.paid_order(order_number="CO-7K2M9QXT4B"))

    assert shown(desk[0], "/staff/queue?q=co-7k2m9qxt4b") == [wanted.id]
    assert shown(desk[0], "/staff/queue?q=CO-7K") == [wanted.id]


def test_a_search_word_that_is_too_short_says_so(desk: tuple[FlaskClient, User]) -> None:
    opened(1)
    assert "Type at least 3 characters" in desk[0].get("/staff/queue?q=ab").text


@pytest.mark.parametrize("q", ['"', "%%%", "'; --", "___", 'a"b', "NEAR(", "\x00ab", "ünï", "*" * 90])
def test_odd_search_words_are_only_words(desk: tuple[FlaskClient, User], q: str) -> None:
    opened(1)
    assert desk[0].get("/staff/queue", query_string={"q": q}).status_code == 200


@pytest.mark.parametrize(
    "query", ["sort=odd", "status=odd", "assignee=99999999999999", "after=zz-1", "after=1", "due=x"]
)
def test_what_makes_no_sense_in_a_url_is_ignored(desk: tuple[FlaskClient, User], query: str) -> None:
    [todo] = opened(1)
    assert shown(desk[0], f"/staff/queue?{query}") == [todo.id]


@pytest.mark.parametrize(
    "query", ["", "view=my", "status=waiting&priority=high", "q=CO-1", "q=Task", "age=week&sort=newest"]
)
def test_a_list_takes_at_most_five_statements_however_long_it_is(
    desk: tuple[FlaskClient, User], query: str
) -> None:
    opened(3), shown(desk[0])
    with statements() as few:
        desk[0].get(f"/staff/queue?{query}")
    opened(40, title="Task again")
    with statements() as many:
        desk[0].get(f"/staff/queue?{query}")

    assert len(few) == len(many) <= 5, many


def test_a_new_name_and_who_may_work_show_on_the_next_page(desk: tuple[FlaskClient, User]) -> None:
    with writing() as session:
        other = cast.person("Demo Colleague")
        cast.todo(assignee=other.id, now=clock.now())
    assert desk[0].get("/staff/queue").text.count("Demo Colleague") == 3  # the row, and who may be assigned
    with writing() as session:
        session.get_one(User, other.id).name = "Demo Renamed"
    page = desk[0].get("/staff/queue").text
    assert ("Demo Colleague" in page, page.count("Demo Renamed")) == (False, 3)
    with writing() as session:
        session.get_one(User, other.id).role = Role.READ_ONLY
    assert desk[0].get("/staff/queue").text.count("Demo Renamed") == 1


def test_a_page_is_small(desk: tuple[FlaskClient, User]) -> None:
    opened(45, title="Medicare PECOS Revalidation Filing — Dr. Sample Provider (NPI N/A)", due_at=clock.now())
    assert len(desk[0].get("/staff/queue").data) < 30_000


def live(client: FlaskClient, page: str) -> str:
    found = re.search(r'id="live" hx-get="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def test_the_strip_is_silent_until_a_todo_is_touched_and_then_says_how_many_are_new(
    desk: tuple[FlaskClient, User],
) -> None:
    poll = live(desk[0], desk[0].get("/staff/queue?priority=high").text)
    assert desk[0].get(poll, headers=PART).status_code == 204

    opened(2, priority="high"), opened(1)
    answer = desk[0].get(poll, headers=PART)
    assert answer.status_code == 200
    assert "2 new, show" in answer.text

    again = live(desk[0], answer.text)
    assert desk[0].get(again, headers=PART).status_code == 204
    opened(1, priority="high")
    assert "3 new, show" in desk[0].get(again, headers=PART).text


def test_claiming_in_the_list_answers_with_the_row(desk: tuple[FlaskClient, User]) -> None:
    [todo] = opened(1)
    answer = post(desk[0], f"/staff/queue/{todo.id}/claim", headers=PART | {"HX-Target": f"tr#t{todo.id}"})

    assert answer.status_code == 200
    assert answer.text.strip().startswith(f'<tr id="t{todo.id}"')
    assert '<b class="strong">You</b>' in answer.text


def test_who_comes_second_is_told_who_was_first(app: Flask, desk: tuple[FlaskClient, User]) -> None:
    [todo] = opened(1)
    with writing():
        other = cast.person("Another Fulfiller")
        todos.claim(todo.id, by=other.id, now=clock.now())

    in_list = post(desk[0], f"/staff/queue/{todo.id}/claim", headers=PART | {"HX-Target": f"tr#t{todo.id}"})
    on_page = post(desk[0], f"/staff/queue/{todo.id}/claim")
    assert (in_list.status_code, on_page.status_code) == (409, 409)
    assert in_list.text.strip().startswith(f'<tr id="t{todo.id}"')
    assert "Another Fulfiller has claimed it until" in in_list.text
    assert "Another Fulfiller has claimed it until" in on_page.text


def test_claiming_next_leads_to_the_most_urgent(desk: tuple[FlaskClient, User]) -> None:
    [todo] = opened(1)
    assert post(desk[0], "/staff/queue/claim").location == f"/staff/queue/{todo.id}"
    assert post(desk[0], "/staff/queue/claim", next="/staff/queue?view=my").location == "/staff/queue?view=my"


def test_who_may_only_look_has_no_buttons_and_is_refused(app: Flask) -> None:
    [todo] = opened(1)
    client, _ = signed_in(app, Role.READ_ONLY)

    page = client.get("/staff/queue").text
    assert "checkbox" not in page
    assert "Claim" not in page
    assert post(client, f"/staff/queue/{todo.id}/claim").status_code == 403


def test_a_tab_counts_its_list(desk: tuple[FlaskClient, User]) -> None:
    opened(2), opened(1, assignee=desk[1].id)
    page = desk[0].get("/staff/queue").text
    tabs = dict(re.findall(r">([A-Z][a-z ]+) <span class=\"count\">(\d+)<", page))

    assert (tabs["My open"], tabs["Unclaimed"], tabs["All open"]) == ("1", "2", "3")
    assert len(shown(desk[0], "/staff/queue?view=my")) == 1


def test_an_export_holds_the_whole_list_and_no_formula_and_is_written_down(
    desk: tuple[FlaskClient, User],
) -> None:
    opened(600, priority="high"), opened(1, title="not in the list")
    opened(1, priority="high", title='=HYPERLINK("https://example.test")')
    answer = desk[0].get("/staff/queue/export.csv?priority=high")
    rows = list(csv.reader(io.StringIO(answer.text)))

    assert answer.mimetype == "text/csv"
    assert len(rows) == 1 + 601
    assert len({row[1] for row in rows}) == 602
    assert [row[1] for row in rows if "HYPERLINK" in row[1]] == ['\'=HYPERLINK("https://example.test")']
    with reading():
        told = db.session.scalars(select(AuditEvent).where(AuditEvent.action == Action.EXPORTED.value)).one()
    assert told.changes == '{"rows":601,"what":"todos"}'
