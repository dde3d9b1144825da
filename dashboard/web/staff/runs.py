"""The monthly run: ask for it, see what it would do, follow it, see what it left aside (BIL-05)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import forecast, monthly_run, parking
from dashboard.errors import Invalid, NotFound
from dashboard.extensions import db
from dashboard.models import MonthlyRun, Office, RunState
from dashboard.rights import Permission
from dashboard.todos.hands import Hands, hands
from dashboard.unit import reading, writing
from dashboard.web.access import me, require
from dashboard.web.pages import page, wants_fragment

RUNS = "/staff/runs"
MOST = 40
MOST_SHOWN = 200
bp = Blueprint("runs", __name__, url_prefix=RUNS)


@dataclass(frozen=True, slots=True)
class RunShown:
    """One run. Instants are UTC, money cents; `mark` is the shape of its state."""

    href: str
    as_of: datetime
    asked_by: str
    created_at: datetime
    finished_at: datetime | None
    mark: str
    word: str
    offices: int
    cycles: int
    charges: int
    invoices: int
    cents: int
    parked: int

    @property
    def stamp(self) -> str:
        return f"{self.word}-{self.cycles}-{self.parked}"


@bp.get("")
@require(Permission.SEE_INVOICES)
def index() -> ResponseReturnValue:
    """The newest runs, how many offices are due, and who was left aside."""
    with reading() as session:
        people, newest = hands(), select(MonthlyRun).order_by(MonthlyRun.id.desc()).limit(MOST)
        runs = [shown(each, people) for each in session.scalars(newest)]
        due = monthly_run.how_many_due(clock.now())
        left = _parked_now()
    may_run = me().may(Permission.RUN_BILLING)
    return page("staff/runs.html", runs=runs, due=due, parked=left, may_run=may_run)


def _parked_now() -> Sequence[Office]:
    parked = select(Office).where(Office.parked_at.is_not(None)).order_by(Office.parked_at).limit(MOST_SHOWN)
    return db.session.scalars(parked).all()


@bp.post("")
@require(Permission.RUN_BILLING)
def ask() -> ResponseReturnValue:
    """Begin a run, or go on with the one that is unfinished."""
    if not FlaskForm().validate_on_submit():
        raise Invalid("run", "Reload the page, then ask again.")
    now = clock.now()
    with writing():
        run = monthly_run.ask(now, me().ref, now)
    return redirect(f"{RUNS}/{run.ref}", 303)


@bp.get("/forecast")
@require(Permission.RUN_BILLING)
def dry_run() -> ResponseReturnValue:
    """What a run would do now, office by office. It only looks."""
    with reading():
        found = list(forecast.forecast(clock.now()))
    found.sort(key=lambda each: (each.problem is None, each.code))
    return page(
        "staff/run_forecast.html",
        rows=found[:MOST_SHOWN],
        more=max(0, len(found) - MOST_SHOWN),
        invoices=sum(len(each.closing) for each in found),
        closing=sum(sum(each.closing) for each in found),
        patients=sum(opening.patients for each in found for opening in each.opening),
        cents=sum(each.cents for each in found),
        problems=sum(each.problem is not None for each in found),
    )


@bp.get("/<string:ref>")
@require(Permission.SEE_INVOICES)
def show(ref: str) -> ResponseReturnValue:
    """How far it is; asked with `since`, 204 until something has happened."""
    with reading() as session:
        run = session.scalar(select(MonthlyRun).where(MonthlyRun.ref == ref))
        if run is None:
            raise NotFound("run")
        told = shown(run, hands())
        if wants_fragment() and request.args.get("since") == told.stamp:
            return "", 204
        parked = parking.parked_in(run)[:MOST_SHOWN]
    return page(
        "staff/run.html",
        fragment="progress",
        run=told,
        parked=parked,
        may_run=me().may(Permission.RUN_BILLING),
        live_href=f"{told.href}?since={told.stamp}",
    )


def shown(run: MonthlyRun, people: Hands) -> RunShown:
    mark, word = MARKS[run.state]
    return RunShown(
        href=f"{RUNS}/{run.ref}",
        as_of=run.as_of,
        asked_by=people.by_ref.get(run.asked_by, "the schedule"),
        created_at=run.created_at,
        finished_at=run.finished_at,
        mark=mark,
        word=word,
        offices=run.offices_due,
        cycles=run.cycles_turned,
        charges=run.charges,
        invoices=run.invoices_closed,
        cents=run.total_cents,
        parked=run.offices_parked,
    )


MARKS = {
    RunState.WAITING: ("ready", "Waiting for a worker"),
    RunState.RUNNING: ("running", "Running"),
    RunState.DONE: ("done", "Done"),
}
