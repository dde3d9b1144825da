"""The jobs page: queues, workers, failures by cause, the schedule (spec OPS-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.models import Heartbeat, Job, JobState, Occurrence
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import require
from jobs import failures, registry, schedule

bp = Blueprint("jobs", __name__, url_prefix="/staff/jobs")
LATE, GONE = timedelta(seconds=20), timedelta(seconds=60)
RUNNING_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Depth:
    """One queue in one state: how many jobs, and since when the oldest is due (UTC)."""

    queue: str
    state: JobState
    count: int
    oldest: datetime


@dataclass(frozen=True, slots=True)
class Process:
    """`state` is ok, late or gone by when it last said that it is alive, in real time."""

    name: str
    kind: str
    state: str
    seen_at: datetime
    started_at: datetime
    doing: str | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A schedule with its last and its next tick (UTC)."""

    name: str
    kind: str
    last: datetime | None
    next: datetime


@bp.get("")
@require(Permission.SEE_JOBS)
def index() -> ResponseReturnValue:
    now = clock.now()
    with reading() as session:
        shown = {
            "depths": _depths(session, now),
            "running": _running(session),
            "processes": _processes(session, datetime.now(UTC)),
            "groups": failures.groups(session),
            "planned": _planned(session, now),
            "done": _done(session, now - timedelta(hours=1)),
        }
    return render_template("staff/jobs.html", **shown)


@bp.get("/failures/<string:group>")
@require(Permission.SEE_JOBS)
def failed(group: str) -> ResponseReturnValue:
    with reading() as session:
        found = failures.group(session, group)
        members = failures.members(session, found)
    return render_template("staff/job_failures.html", group=found, members=members, at_most=failures.AT_MOST)


@bp.post("/failures/<string:group>/retries")
@require(Permission.RETRY_JOBS)
def retry(group: str) -> ResponseReturnValue:
    with writing() as session:
        done = failures.retry(session, failures.group(session, group), clock.now())
    words = f"{done.again} on their way again."
    if done.superseded:
        words += f" {done.superseded} discarded: a later job with the same key does their work."
    flash(words)
    return redirect(url_for(".index"), 303)


@bp.post("/failures/<string:group>/disposal")
@require(Permission.RETRY_JOBS)
def discard(group: str) -> ResponseReturnValue:
    with writing() as session:
        count = failures.discard(session, failures.group(session, group), clock.now())
    flash(f"{count} discarded. They stay in the history as canceled.")
    return redirect(url_for(".index"), 303)


def _depths(session: Session, now: datetime) -> list[Depth]:
    """Live jobs by queue and state; those due later count as ready, from the time they are due."""
    kinds = registry.load()
    live = Job.state.in_([JobState.READY, JobState.RUNNING])
    found = select(Job.kind, Job.state, func.count(), func.min(Job.run_after)).where(live)
    found = found.group_by(Job.kind, Job.state)
    sums: dict[tuple[str, JobState], tuple[int, datetime]] = {}
    for kind, state, count, oldest in session.execute(found):
        at = (kinds[kind].queue if kind in kinds else "now", state)
        before, since = sums.get(at, (0, oldest))
        sums[at] = before + count, min(since, oldest)
    return [Depth(*at, *sums[at]) for at in sorted(sums)]


def _running(session: Session) -> list[Job]:
    running = select(Job).where(Job.state == JobState.RUNNING).order_by(Job.id).limit(RUNNING_SHOWN)
    return list(session.scalars(running))


def _processes(session: Session, now: datetime) -> list[Process]:
    """`now` is the world's clock, by which they say that they are alive; what is shown goes by ours."""
    ahead = clock.offset()
    alive = select(Heartbeat, Job.kind).join(Job, Job.id == Heartbeat.job_id, isouter=True)
    return [
        Process(
            beat.name,
            beat.kind,
            _state(now - beat.seen_at),
            beat.seen_at + ahead,
            beat.started_at + ahead,
            doing,
        )
        for beat, doing in session.execute(alive.order_by(Heartbeat.kind, Heartbeat.name))
    ]


def _state(silent: timedelta) -> str:
    return "gone" if silent > GONE else "late" if silent > LATE else "ok"


def _planned(session: Session, now: datetime) -> list[Planned]:
    ticks = select(Occurrence.schedule, func.max(Occurrence.due_at)).group_by(Occurrence.schedule)
    last = dict(session.execute(ticks).all())
    zone = current_app.extensions["settings"].firm_time_zone
    return [
        Planned(each.name, each.kind, last.get(each.name), each.next_after(last.get(each.name) or now))
        for each in schedule.schedules(zone)
    ]


def _done(session: Session, since: datetime) -> int:
    done = select(func.count()).where(Job.state == JobState.DONE, Job.finished_at > since)
    return int(session.scalar(done) or 0)
