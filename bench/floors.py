"""What the pages are held against: the same rows by the bare driver, with as little as Flask and Jinja allow.

`served` is what gunicorn serves; BENCH_DATABASE and BENCH_ADDRESS say where the rows are.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask, request
from flask.typing import ResponseReturnValue

PAGE = Path(__file__).with_name("bare_page.html")
COLUMNS = "id, title, npi, status, priority, due_at, order_number, assignee_id, version, intake_incomplete"
ROWS = f"SELECT {COLUMNS} FROM admin_todos WHERE"
PAGES = ("open_ones", "deep", "search")
IN_ORDER = "ORDER BY due_at, id LIMIT"
Query = Callable[[str, Sequence[Any]], list[Any]]
Draw = Callable[[list[Any]], str]


def served() -> Flask:
    """Nothing but the rows: no sign-in, no counts, no filters, no forms."""
    app = Flask("bare")
    template = app.jinja_env.from_string(PAGE.read_text())
    app.add_url_rule("/healthz", view_func=lambda: "ok")
    add_pages(app, lambda rows: template.render(rows=rows))
    return app


def add_pages(app: Flask, draw: Draw) -> None:
    """Three views of one SELECT each, through the driver."""
    query = connected(os.environ["BENCH_DATABASE"], os.environ["BENCH_ADDRESS"])

    @app.get("/list/<int:size>")
    def open_ones(size: int) -> ResponseReturnValue:
        still = "status IN ('pending', 'in_progress', 'waiting')"
        return draw(query(f"{ROWS} {still} {IN_ORDER} {size}", ()))

    @app.get("/deep/<int:size>")
    def deep(size: int) -> ResponseReturnValue:
        key = (request.args["due_at"], int(request.args["id"]))
        return draw(query(f"{ROWS} (due_at, id) > (?, ?) {IN_ORDER} {size}", key))

    @app.get("/search")
    def search() -> ResponseReturnValue:
        return draw(query(f"{ROWS} order_number = ? {IN_ORDER} 1", (request.args["q"],)))


def connected(database: str, address: str) -> Query:
    """A connection that stays open, as ours do; each query is a transaction of its own."""
    if database == "sqlite":
        lite = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
        lite.execute("PRAGMA cache_size=-16000")
        return lambda words, values: lite.execute(words, values).fetchall()
    postgres = psycopg.connect(address, autocommit=True)
    return lambda words, values: postgres.execute(words.replace("?", "%s").encode(), values).fetchall()
