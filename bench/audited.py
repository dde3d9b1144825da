"""Eight processes that write, with an audit event in each transaction and without; the sealer runs beside."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median

from bench.filling import fill
from bench.installation import Database, Installation, running, signed_in
from bench.measure import Bar, Figure
from dashboard import audit, clock, create_app
from dashboard.audit import Action
from dashboard.config import Settings
from dashboard.models import Todo
from dashboard.rows import locked
from dashboard.unit import writing

WRITERS, TODOS = 8, 500


def figures(database: Database, *, seconds: float, rounds: int, writers: int = WRITERS) -> Iterator[Figure]:
    """Writes a second of all writers together; rounds alternate, the median of each counts."""
    with running(database) as (site, started):
        signed_in()
        fill(site, writers * TODOS)
        todos = [range(first, first + TODOS) for first in range(1, writers * TODOS, TODOS)]
        started.scheduler()
        with _pool(site, writers) as pool:
            _rate(pool, todos, 0.5, audited=True)
            both = [
                (_rate(pool, todos, seconds, audited=True), _rate(pool, todos, seconds, audited=False))
                for _ in range(rounds)
            ]
        yield Figure(
            f"audited writes, {writers} writers, {site.name}", median(pair[0] for pair in both), "/s",
            Bar(0.7, on="ratio", at_least=True), median(pair[1] for pair in both), "the same without audit",
        )  # fmt: skip


def _pool(site: Installation, writers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(
        writers, mp_context=get_context("spawn"), initializer=_begin, initargs=(site.environment,)
    )


def _begin(environment: dict[str, str]) -> None:
    """Once in each writer: an app of its own, as each web process has one."""
    create_app(Settings.read(environment)).app_context().push()


def _rate(pool: ProcessPoolExecutor, todos: list[range], seconds: float, *, audited: bool) -> float:
    """All begin at once and write for that long."""
    start = time.time() + 0.5
    asked = [pool.submit(write, own, start, seconds, audited=audited) for own in todos]
    return sum(each.result() for each in asked) / seconds


def write(todos: range, start: float, seconds: float, *, audited: bool) -> int:
    """Change one todo after the other, each in a unit of its own; says how many."""
    time.sleep(max(0.0, start - time.time()))
    done, deadline = 0, start + seconds
    while time.time() < deadline:
        with writing():
            todo = locked(Todo, todos[done % len(todos)])
            todo.updated_at = clock.now()
            if audited:
                audit.record(Action.TODO_CHANGED, todo, changes={"fields": ["due"]})
        done += 1
    return done
