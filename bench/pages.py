"""The queue's list, a page at 90 % depth and the order-number search, beside the same pages by bare SQL."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import event, select

from bench.browser import Browser
from bench.filling import fill
from bench.installation import Database, Installation, installation, signed_in
from bench.measure import WARM_UP, Bar, Figure, median_ms, pairs
from dashboard.extensions import db
from dashboard.models import Todo
from dashboard.todos import keyset, lists
from dashboard.unit import reading
from tests.support.processes import processes

DEPTH = 0.9
NOT_COUNTED = ("BEGIN", "PRAGMA", "SET", "COMMIT", "ROLLBACK")


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of page: ours in turn, and the bare pages of the same rows."""

    name: str
    paths: Sequence[str]
    bare: Sequence[str]


def figures(database: Database, count: int, *, times: int) -> Iterator[Figure]:
    """Every figure of the queue at `count` todos; both pages come from a gunicorn with our settings."""
    with installation(database) as site, processes(_with_floor(site), site.folder) as started:
        _, key = signed_in()
        fill(site, count)
        ours, bare = started.web(), started.web("bare", "bench.floors:served()")
        drawn = started.web("drawn", "bench.drawn:served()")
        for case in _cases(count, times + WARM_UP + 1):
            name = f"{case.name}, {count:,} todos, {site.name}"
            with Browser(ours, case.paths, key) as mine, Browser(bare, case.bare) as floor:
                yield from _beside_rows(name, mine, floor, times)
            with Browser(ours, case.paths, key) as mine, Browser(drawn, case.bare) as floor:
                yield _beside_bare_sql(name, mine, floor, times)
            yield Figure(name, _statements(site, case, key), "statements", Bar(5))


def _with_floor(site: Installation) -> dict[str, str]:
    return site.environment | {"BENCH_DATABASE": site.database, "BENCH_ADDRESS": site.driver_url}


def _beside_rows(name: str, ours: Browser, bare: Browser, times: int) -> Iterator[Figure]:
    html, plain = ours(), bare()
    mine, floor = map(median_ms, pairs(ours, bare, times=times))
    yield Figure(f"{name}, beside rows", mine, "ms", Bar(2, on="ratio"), floor, "nothing but the rows")
    yield Figure(f"{name}, raw", len(html) / 1000, "KB", Bar(30), len(plain) / 1000, "nothing but the rows")
    yield Figure(f"{name}, gzip", _packed(html), "KB", Bar(6), _packed(plain), "nothing but the rows")


def _beside_bare_sql(name: str, ours: Browser, drawn: Browser, times: int) -> Figure:
    mine, floor = map(median_ms, pairs(ours, drawn, times=times))
    return Figure(name, mine, "ms", Bar(2, on="ratio"), floor, "the same page by bare SQL + Jinja")


def _packed(html: bytes) -> float:
    return len(gzip.compress(html, 6)) / 1000


def _cases(count: int, times: int) -> list[Case]:
    """The first page of the list; pages deep within all todos, each another; orders found, each another."""
    spots = _spots(count, times)
    return [
        Case("queue list", ["/staff/queue"], [f"/list/{lists.SIZE}"]),
        Case(
            f"page at {DEPTH:.0%} depth",
            [_deep(spot) for spot in spots],
            [_bare_deep(spot) for spot in spots],
        ),
        Case(
            "order number search",
            ["/staff/queue?" + urlencode({"view": "all", "q": spot.order_number}) for spot in spots],
            ["/search?" + urlencode({"q": spot.order_number}) for spot in spots],
        ),
    ]


def _spots(count: int, times: int) -> Sequence[Any]:
    """Rows from 90 % depth on, a page apart from each other."""
    in_order = select(Todo.due_at, Todo.id, Todo.order_number).order_by(Todo.due_at, Todo.id)
    with reading() as session:
        found = session.execute(in_order.offset(int(count * DEPTH)).limit(times * lists.SIZE)).all()
    return found[:: lists.SIZE]


def _deep(spot: Any) -> str:
    return "/staff/queue?" + urlencode({"view": "all", "after": keyset.cursor(spot, keyset.SORTS["due"])})


def _bare_deep(spot: Any) -> str:
    key = {"due_at": f"{spot.due_at:%Y-%m-%d %H:%M:%S.%f}{_zone()}", "id": spot.id}
    return f"/deep/{lists.SIZE}?" + urlencode(key)


def _zone() -> str:
    return "" if db.engine.dialect.name == "sqlite" else "+00"


def _statements(site: Installation, case: Case, key: str) -> int:
    """How many the page makes once it is warm, sign-in and counts included."""
    client = site.app.test_client()
    client.set_cookie("session", key)
    client.get(case.paths[0])
    with counted() as made:
        client.get(case.paths[0])
    return len(made)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the block makes, without those that only begin and end transactions."""
    made: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(NOT_COUNTED):
            made.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield made
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
