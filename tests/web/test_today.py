"""Today: each number is the length of the list that it links to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import clock
from dashboard.models import Heartbeat, Job, JobState, User
from dashboard.unit import writing
from tests.support import cast, invoicing
from tests.support.desk import PART
from tests.support.signed_in import signed_in

pytestmark = pytest.mark.both
Desk = tuple[FlaskClient, User]


@pytest.fixture
def desk(app: Flask) -> Desk:
    client, user = signed_in(app)
    now = clock.now()
    with writing():
        for days in (-3, -1, 0, 0, 2, 9):
            for assignee in (None, user.id):
                cast.todo(
                    now=now,
                    due_at=now + timedelta(days=days),
                    assignee=assignee,
                    priority="high" if days else "normal",
                )
    return client, user


def numbers(page: str) -> list[tuple[str, int]]:
    found = re.findall(
        r'<a href="(/staff/queue[^"]*)"><span[^>]*>.*?<span class="count[^"]*">(\d+)</span></a>', page
    )
    return [(href.replace("&amp;", "&"), int(count)) for href, count in found]


def test_each_number_is_the_length_of_its_list(desk: Desk) -> None:
    found = numbers(desk[0].get("/staff/").text)
    assert len(found) >= 12

    for href, count in found:
        rows = len(re.findall('<tr id="t', desk[0].get(href).text))
        assert rows == count, href
    assert dict(found)["/staff/queue?view=my"] == 6


def test_my_most_urgent_come_first(desk: Desk) -> None:
    page = desk[0].get("/staff/").text
    assert len(re.findall('<tr id="t', page)) == 6


def test_billing_s_numbers_are_the_lengths_of_their_tabs(desk: Desk) -> None:
    with writing():
        invoicing.closed(invoicing.office())
        invoicing.issued(invoicing.office(), now=clock.now() - timedelta(days=32))
    page = desk[0].get("/staff/").text
    found = re.findall(r'<a href="(/staff/invoices[^"]*)"><span>[^<]*</span><span[^>]*>(\d+)<', page)
    assert [href.partition("tab=")[2] for href, _ in found] == ["review", "failed", "overdue"]
    for href, count in found:
        rows = re.findall(r'<a[^>]* href="/staff/invoices/\d+"', desk[0].get(href).text)
        assert len(rows) == int(count)


def test_the_strip_is_silent_while_nothing_changes(desk: Desk) -> None:
    poll = re.search(r'id="live"[^>]* hx-get="([^"]+)"', desk[0].get("/staff/").text)
    assert poll
    assert desk[0].get(poll[1], headers=PART).status_code == 204

    with writing():
        cast.todo(now=clock.now())
    assert desk[0].get(poll[1], headers=PART).status_code == 200


def test_a_process_that_fell_silent_is_late_and_then_gone(app: Flask, desk: Desk) -> None:
    now = clock.now()
    with writing() as session:
        for name, ago in (("worker now", 5), ("worker bulk", 90), ("scheduler", 900)):
            seen = now - timedelta(seconds=ago)
            session.add(Heartbeat(name=name, kind="worker", started_at=seen, seen_at=seen))
    page = desk[0].get("/staff/").text

    assert [shape in page for shape in ("status done", "status waiting", "status failed")] == [True] * 3


@pytest.mark.parametrize("path", ["/staff/", "/staff/jobs"])
def test_a_demo_s_moved_clock_makes_no_process_look_silent(app: Flask, path: str) -> None:
    clock_file = app.extensions["settings"].clock_file
    clock.move_on(clock_file, timedelta(days=10))
    try:
        client, _ = signed_in(app)
        seen = clock.now() - clock.offset()
        with writing() as session:
            session.add(Heartbeat(name="worker 1", kind="worker", started_at=seen, seen_at=seen))
        page = client.get(path).text
    finally:
        clock_file.unlink()
    assert "10 d ago" not in page
    assert "just now" in page


def test_a_list_of_the_wall_that_is_not_empty_stands_on_the_page(desk: Desk) -> None:
    assert "Every list that should be empty is empty." in desk[0].get("/staff/").text
    long_ago = clock.now() - timedelta(days=1)
    with writing() as session:
        session.add(
            Job(
                kind="orders.dispatch",
                state=JobState.FAILED,
                run_after=long_ago,
                created_at=long_ago,
                finished_at=long_ago,
            )
        )

    assert "/staff/wall#" in desk[0].get("/staff/").text
