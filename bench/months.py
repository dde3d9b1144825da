"""Monthly runs over many offices, beside bare SQL that writes the same rows; runners at once; activations."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

from bench.installation import Database, Installation, installation
from bench.invented_practices import ANCHOR, BEGINS, fill, twin
from bench.measure import Bar, Figure, seconds
from bench.months_floor import Floor
from dashboard import clock
from dashboard.billing import activations, monthly_run
from dashboard.cycles import cycle
from dashboard.models import MonthlyRun, Office, Patient
from dashboard.rows import found
from dashboard.unit import writing
from jobs import months
from tests.support.processes import Processes, processes, until
from tests.support.runner import PEAK, READY

SAME_ROWS = ("billing_cycles", "charges", "invoices", "invoice_line_items", "audit_events")
RUNNERS, A_WHILE = 4, 1_800.0
UTC = ZoneInfo("UTC")


class OtherRows(AssertionError):
    """The floor did not write what we wrote: the ratio would say nothing."""


def figures(
    database: Database, *, offices: int, patients: int, acts: int, most: int = monthly_run.CHUNK
) -> Iterator[Figure]:
    """A first run (nothing to close), a second, one with a process of its own, one with four at once."""
    size = f"{offices:,} x {patients:,}"
    with installation(database) as ours:
        fill(ours, offices, patients)
        with closing(Floor(database, twin(ours))) as floor:
            for number, name in enumerate(("first", "second")):
                mine, its = _in_turns(ours, floor, number, most)
                yield Figure(
                    f"{name} monthly run, {size}, {ours.name}", mine, "s", Bar(1.5, on="ratio"), its,
                    "set-based SQL by the driver",
                )  # fmt: skip
            _compare(ours, floor)
        yield from _processes(ours, size, most)
        yield _activations(ours, acts)


def _in_turns(ours: Installation, floor: Floor, number: int, most: int) -> tuple[float, float]:
    """Seconds of both for a whole month, chunk by chunk in turns."""
    begun, mine, its = cycle(ANCHOR, number, UTC), 0.0, 0.0
    names = ("number", "start", "end", "start_utc", "end_utc")
    month = {name: getattr(begun, name) for name in names}
    run, left = _asked(begun.start_utc), True
    while left:
        took, left = _timed_step(run, most)
        mine += took
        its += seconds(lambda: floor.step(most, month, clock.now()))
    months.work(run.id)
    return mine, its


def _timed_step(run: MonthlyRun, most: int) -> tuple[float, bool]:
    began = time.perf_counter()
    left = months.step(run, most)
    return time.perf_counter() - began, left


def _asked(as_of: datetime) -> MonthlyRun:
    with writing():
        return monthly_run.ask(as_of, "bench", clock.now())


def _compare(ours: Installation, floor: Floor) -> None:
    with closing(Floor(ours.database, ours.driver_url)) as mine:
        counts = [(table, mine.count(table), floor.count(table)) for table in SAME_ROWS]
    for table, wrote, its in counts:
        if not 0 <= wrote - its <= (2 if table == "audit_events" else 0):
            raise OtherRows(f"{table}: ours {wrote}, floor {its}")


def _processes(ours: Installation, size: str, most: int) -> Iterator[Figure]:
    """One runner, then four at once, each a process of its own."""
    with processes(ours.environment, ours.folder) as started:
        alone, peak = _run(ours, started, 2, 1, most)
        yield Figure(f"a runner's memory, {size}, {ours.name}", peak, "MB", Bar(400))
        together, _ = _run(ours, started, 3, RUNNERS, most)
        yield Figure(
            f"{RUNNERS} runners at once, {size}, {ours.name}", together, "s", Bar(1, on="ratio"), alone,
            "one runner",
        )  # fmt: skip


def _run(ours: Installation, started: Processes, number: int, runners: int, most: int) -> tuple[float, float]:
    """Seconds for a whole month, and the most memory one of them took, in MB."""
    as_of, start = cycle(ANCHOR, number, UTC).start_utc, ours.folder / f"start {number}"
    names = [f"month {number} runner {each}" for each in range(runners)]
    for name in names:
        words = ("-m", "tests.support.runner", str(most), str(start), as_of.isoformat())
        started.start(name, sys.executable, *words)
    until(lambda: all(READY in started.said(name) for name in names), 120)
    took = seconds(lambda: _begin_and_wait(started, start.touch, names))
    return took, max(_peak(started.said(name)) for name in names)


def _begin_and_wait(started: Processes, begin: object, names: Sequence[str]) -> None:
    begin()  # type: ignore[operator]
    until(lambda: all(PEAK in started.said(name) for name in names), A_WHILE)


def _peak(said: str) -> float:
    [kib] = re.findall(rf"{PEAK} (\d+)", said)
    return int(kib) / 1024


def _activations(ours: Installation, acts: int) -> Figure:
    """New patients of one office told of one after the other, each in a unit of its own."""
    with writing() as session:
        office = session.get_one(Office, 1)
        patients = [Patient(office_id=office.id, created_at=BEGINS) for _ in range(acts)]
        session.add_all(patients)
    now = clock.now()
    _tell(patients[0].id, now)
    took = seconds(lambda: [_tell(patient.id, now) for patient in patients[1:]])
    return Figure(f"activations, {ours.name}", (acts - 1) / took, "/s", Bar(200, at_least=True))


def _tell(patient_id: int, now: datetime) -> None:
    with writing():
        activations.activate(found(Patient, patient_id), at=now, now=now)
