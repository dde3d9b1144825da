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

PAGE = Path(__file__).with_name("bare_page.html")
COLUMNS = "id, title, npi, status, priority, due_at, order_number, assignee_id, version, intake_incomplete"
ROWS = f"SELECT {COLUMNS} FROM admin_todos WHERE"
IN_ORDER = "ORDER BY due_at, id LIMIT"
Query = Callable[[str, Sequence[Any]], list[Any]]


def served() -> Flask:
    """Three views of one SELECT each: no sign-in, no counts, no filters, no forms."""
    app = Flask("bare")
    query = connected(os.environ["BENCH_DATABASE"], os.environ["BENCH_ADDRESS"])
    template = app.jinja_env.from_string(PAGE.read_text())

    @app.get("/healthz")
    def alive() -> str:
        return "ok"

    @app.get("/list/<int:size>")
    def open_ones(size: int) -> str:
        still = "status IN ('pending', 'in_progress', 'waiting')"
        return template.render(rows=query(f"{ROWS} {still} {IN_ORDER} {size}", ()))

    @app.get("/deep/<int:size>")
    def deep(size: int) -> str:
        key = (request.args["due_at"], int(request.args["id"]))
        return template.render(rows=query(f"{ROWS} (due_at, id) > (?, ?) {IN_ORDER} {size}", key))

    @app.get("/search")
    def search() -> str:
        number = request.args["q"]
        return template.render(rows=query(f"{ROWS} order_number = ? {IN_ORDER} 1", (number,)))

    return app


def connected(database: str, address: str) -> Query:
    """A connection that stays open, as ours do; each query is a transaction of its own."""
    if database == "sqlite":
        lite = sqlite3.connect(address, isolation_level=None, check_same_thread=False)
        lite.execute("PRAGMA cache_size=-16000")
        return lambda words, values: lite.execute(words, values).fetchall()
    postgres = psycopg.connect(address, autocommit=True)
    return lambda words, values: postgres.execute(words.replace("?", "%s").encode(), values).fetchall()
