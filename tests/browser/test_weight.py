"""The bars of a list page: how much fits on it, and how little of it travels (ux.md)."""

import gzip

LARGEST_HTML, LARGEST_PACKED = 30 * 1024, 6 * 1024
LARGEST_LOAD, MOST_REQUESTS = 120 * 1024, 8


def test_twenty_todos_are_in_view_at_once(opened):
    page = opened("fulfiller").page("/staff/queue")
    rows = page.locator("tbody tr").all()

    in_view = [row for row in rows if bottom(row) <= page.viewport_size["height"]]
    assert len(in_view) >= 20


def bottom(row):
    box = row.bounding_box()
    return box["y"] + box["height"]


def test_the_queue_is_a_small_page(opened):
    window = opened("fulfiller")
    html = window.page().goto(f"{window.address}/staff/queue").body()

    assert len(html) <= LARGEST_HTML
    assert len(gzip.compress(html, 6)) <= LARGEST_PACKED


def test_a_first_visit_costs_little(opened):
    window, answers = opened("fulfiller"), []
    page = window.page()
    page.on("requestfinished", lambda request: answers.append(request))
    page.goto(f"{window.address}/staff/queue", wait_until="networkidle")

    assert sum(sum(sizes(answer)) for answer in answers) <= LARGEST_LOAD
    assert len(answers) <= MOST_REQUESTS


def sizes(answer):
    told = answer.sizes()
    return told["responseHeadersSize"], told["responseBodySize"]
