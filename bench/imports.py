"""A CSV file of patients, each active from a day on, beside the same rows written by the bare driver."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
from sqlalchemy import Engine, event

from bench.installation import Database, Installation, installation
from bench.invented_practices import fill, twin
from bench.measure import Bar, Figure, seconds
from dashboard import clock
from dashboard.billing import months, patient_imports
from dashboard.extensions import db
from dashboard.models import Office, PatientImport
from dashboard.rows import found
from dashboard.unit import reading, writing
from jobs.patients import import_patients

TABLES = (
    "patients",
    "patient_tokens",
    "patient_events",
    "activity_intervals",
    "charges",
    "invoices",
    "audit_events",
)
AT_ONCE = 1_000
OFFICE = 1
TWO_MINUTES = Bar(120)
A_SECOND = Bar(1_000)
HEADING = "name,date_of_birth,email,phone,mrn,activated_at"


class NotAll(AssertionError):
    """Other rows were added than the file holds: the figure would say nothing."""


def figures(database: Database, rows: int) -> Iterator[Figure]:
    """A file whose rows are all good, then one in which each tenth is bad."""
    for bad, name in ((0, "all good"), (rows // 10, "one in ten bad")):
        with installation(database) as ours:
            fill(ours, 1, 0)
            _bring_up_to_date()
            before = twin(ours)
            took, longest = _imported(ours, rows, bad)
            floor = _copied(ours, before)
        size = f"{rows:,} rows, {name}, {ours.name}"
        yield Figure(f"import of {size}", took, "s", TWO_MINUTES, floor, "the same rows by the driver")
        yield Figure(f"its longest unit, {size}", longest * 1000, "ms", A_SECOND)


def _bring_up_to_date() -> None:
    with writing():
        months.up_to_date(OFFICE, clock.now())


def _imported(ours: Installation, rows: int, bad: int) -> tuple[float, float]:
    """Seconds of the whole job, and of its longest unit."""
    with writing() as session:
        office = session.get_one(Office, OFFICE)
        data = table(rows, bad).encode()
        asked = patient_imports.ask(office, data, all_or_nothing=False, now=clock.now())
    with closing(Units(db.engine)) as units:
        took = seconds(lambda: import_patients(asked.id))
    with reading():
        done = found(PatientImport, asked.id)
    if (done.added, len({line for line, _, _ in done.problems})) != (rows - bad, bad):
        raise NotAll(f"{done.added} added, {len(done.problems)} problems")
    return took, units.longest


def table(rows: int, bad: int = 0) -> str:
    """So many plainly invented rows; `bad` of them, evenly spread, are born on no day."""
    each = rows // bad if bad else rows + 1
    lines = (_line(number, is_bad=number % each == each - 1) for number in range(rows))
    return "\n".join([HEADING, *lines])


def _line(number: int, *, is_bad: bool) -> str:
    word = "".join(chr(ord("a") + int(digit)) for digit in f"{number:06}")
    born = "1980-02-31" if is_bad else f"19{number % 90 + 10}-0{number % 9 + 1}-1{number % 10}"
    mail, phone = f"{word}@example.test", f"555 01{number % 100:02} {number:06}"
    return f"Sample {word.title()},{born},{mail},{phone},M{number},{clock.now():%Y-%m}-01"


class Units:
    """How long an engine's transactions last while this is open; `longest` in seconds."""

    def __init__(self, engine: Engine) -> None:
        self.longest, self._began, self._engine = 0.0, 0.0, engine
        for name, told in self._told():
            event.listen(engine, name, told)

    def close(self) -> None:
        for name, told in self._told():
            event.remove(self._engine, name, told)

    def _told(self) -> tuple[tuple[str, Any], ...]:
        return ("begin", self._begin), ("checkin", self._end)

    def _begin(self, _connection: object) -> None:
        self._began = time.perf_counter()

    def _end(self, _driver: object, _record: object) -> None:
        self.longest = max(self.longest, time.perf_counter() - self._began)


def _copied(ours: Installation, twin: str) -> float:
    """Seconds in which the bare driver writes the rows that we wrote into a twin, a thousand at once."""
    connect = _lite if ours.database == "sqlite" else psycopg.connect
    with closing(connect(ours.driver_url)) as mine, closing(connect(twin)) as its:
        return sum(_copy(mine, its, name, "?" if ours.database == "sqlite" else "%s") for name in TABLES)


def _copy(mine: Any, its: Any, table: str, mark: str) -> float:
    last = its.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
    read = mine.execute(f"SELECT * FROM {table} WHERE id > {last} ORDER BY id")
    names = ", ".join(f'"{column[0]}"' for column in read.description)
    marks = ", ".join(mark for _ in read.description)
    words, took = f"INSERT INTO {table} ({names}) VALUES ({marks})", 0.0
    while rows := read.fetchmany(AT_ONCE):
        began = time.perf_counter()
        its.cursor().executemany(words, rows)
        its.commit()
        took += time.perf_counter() - began
    return took


def _lite(address: str) -> sqlite3.Connection:
    lite = sqlite3.connect(address)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        lite.execute(f"PRAGMA {pragma}")
    return lite
