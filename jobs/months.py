"""The monthly run in the background: chunk after chunk, each a unit of its own (spec BIL-05)."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.exc import OperationalError

from dashboard import actor, clock
from dashboard.billing import monthly_run, parking
from dashboard.models import MonthlyRun, RunState
from dashboard.rows import found
from dashboard.unit import outside, reading, writing
from jobs.registry import finishing, job

SQLITE_BUSY, POSTGRESQL_BUSY = 5, {"40001", "40P01", "55P03"}
SECONDS_A_JOB = 120.0
OTHERS_ARE_AT_IT = 0.1


@job("billing.ask", lease_seconds=60)
def ask() -> None:
    """Ask for a run if any office's month has ended. Runs each hour, so every zone's midnight is met."""
    with finishing():
        now = clock.now()
        if monthly_run.how_many_due(now):
            monthly_run.ask(now, actor.current().name, now)


@job("billing.run", queue="bulk", lease_seconds=900)
def run(run_id: int) -> None:
    """Go on with a run; a long one asks for itself again, so that no job is long. Harmless to repeat."""
    if not work(run_id, seconds=SECONDS_A_JOB):
        with finishing():
            monthly_run.go_on(found(MonthlyRun, run_id))


def work(
    run_id: int,
    *,
    seconds: float = float("inf"),
    most: int = monthly_run.CHUNK,
    after_each: Callable[[int], None] = lambda run_id: None,
) -> bool:
    """Turn chunks of `most` offices until nothing is due, or for so long; says whether the run has ended.

    Any number of processes may do so at once, and any of them may be killed.
    """
    with reading():
        its_run = found(MonthlyRun, run_id)
    deadline = time.monotonic() + seconds
    while its_run.state is not RunState.DONE and time.monotonic() < deadline:
        try:
            if step(its_run, most):
                after_each(run_id)
            elif _is_over(its_run):
                return True
        except OperationalError as error:
            if not is_busy(error):
                raise
            _wait()
    return its_run.state is RunState.DONE


def step(its_run: MonthlyRun, most: int) -> bool:
    """Turn some offices in one unit; if that fails, each of them alone. Says whether there were any."""
    ids: list[int] = []
    try:
        with writing():
            offices = monthly_run.claim(its_run.as_of, most)
            ids.extend(office.id for office in offices)
            if offices:
                monthly_run.turn(its_run.id, offices, clock.now())
    except (*parking.OF_A_ROW, OperationalError) as error:
        if not ids or is_busy(error):
            raise
        for office_id in ids:
            _alone(its_run, office_id)
    return bool(ids)


def _alone(its_run: MonthlyRun, office_id: int) -> None:
    try:
        with writing():
            if office := monthly_run.claim_one(office_id, its_run.as_of):
                monthly_run.turn(its_run.id, office, clock.now())
    except (*parking.OF_A_ROW, OperationalError) as error:
        if not parking.is_its_own(error):
            raise
        with writing():
            its_row = monthly_run.claim_one(office_id, its_run.as_of)
            parking.park(its_run.id, its_row, error, clock.now())


def is_busy(error: BaseException) -> bool:
    """Whether somebody else merely holds what was wanted: trying again is all there is to do."""
    cause = getattr(error, "orig", None)
    state = getattr(cause, "sqlstate", None)
    return state in POSTGRESQL_BUSY or getattr(cause, "sqlite_errorcode", None) == SQLITE_BUSY


def _is_over(its_run: MonthlyRun) -> bool:
    """End the run, unless other runners hold what is still due: then wait a moment."""
    with writing():
        ended = monthly_run.finish(its_run.id, its_run.as_of, clock.now())
    if not ended:
        _wait()
    return ended


def _wait() -> None:
    outside()
    time.sleep(OTHERS_ARE_AT_IT)
