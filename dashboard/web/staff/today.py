"""Today: what waits, in numbers; each is the length of the list that it links to."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from dashboard import clock
from dashboard.capped import how_many
from dashboard.extensions import db
from dashboard.models import Heartbeat, Job, JobState, Message, MessageState, TodoStatus
from dashboard.models.todo import IS_OPEN, Todo
from dashboard.reconcile import wall
from dashboard.rights import Permission
from dashboard.todos import keyset, lists
from dashboard.todos.lists import Filter
from dashboard.unit import plain, reading
from dashboard.web.access import me, require
from dashboard.web.pages import page, wants_fragment
from dashboard.web.staff import today_billing
from dashboard.web.staff.shapes import Number, Row, list_href, reader, rows_of, zone

bp = Blueprint("today", __name__, url_prefix="/staff")
LATE, GONE = timedelta(seconds=60), timedelta(minutes=5)
MOST_NEXT = 8

Params = dict[str, str]
MINE: dict[str, tuple[str, Params, str]] = {
    "mine_overdue": ("Overdue", {"view": "my", "due": "overdue"}, "bad"),
    "mine_today": ("Due today", {"view": "my", "due": "today"}, "warn"),
    "mine_waiting": ("Waiting", {"view": "my", "status": "waiting"}, ""),
    "mine_open": ("Open", {"view": "my"}, ""),
}
FIRM: dict[str, tuple[str, Params, str]] = {
    "overdue": ("Overdue", {"view": "overdue"}, "bad"),
    "today": ("Due today", {"due": "today"}, "warn"),
    "unclaimed": ("Unclaimed", {"view": "unclaimed"}, ""),
    "high": ("High priority", {"priority": "high"}, ""),
    "signature": ("Awaiting signature", {"view": "signature"}, ""),
    "open": ("All open", {}, ""),
}
STATUSES: dict[str, tuple[str, Params, str]] = {
    f"status_{status.value}": (status.value, {"status": status.value}, "")
    for status in (TodoStatus.PENDING, TodoStatus.IN_PROGRESS, TodoStatus.WAITING)
}


@dataclass(frozen=True, slots=True)
class ByStatus:
    status: str
    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Process:
    """`state` is ok, late or gone, by when it last said that it is alive (UTC)."""

    name: str
    seen_at: datetime | None
    state: str
    doing: str | None


@bp.get("/")
@require(Permission.SEE_TODAY)
def index() -> ResponseReturnValue:
    """The numbers; asked with `since`, 204 while none of them has changed."""
    now = clock.now()
    with reading() as session:
        counted, processes, next_up = _counted(now), _processes(now), _next_up(now)
        lists_on_it = wall.non_empty(session, now) if me().may(Permission.SEE_WALL) else []
    shown = _numbers(counted) | {"processes": processes, "next_up": next_up}
    shown["wall"] = [Number(name, count, href, "bad") for name, count, href in lists_on_it]
    stamp = (
        f"{zlib.crc32(repr((counted, [one.state for one in processes], next_up, lists_on_it)).encode()):x}"
    )
    if wants_fragment() and request.args.get("since") == stamp:
        return "", 204
    may_work = me().may(Permission.WORK_QUEUE)
    return page(
        "staff/today.html", fragment="live", **shown, live_href=f"/staff/?since={stamp}", may_work=may_work
    )


def _counted(now: datetime) -> dict[str, int]:
    """Every number, in one statement."""
    lengths = {name: _length(params, now) for name, (_, params, _) in (MINE | FIRM | STATUSES).items()}
    lengths["jobs_failed"] = how_many(Job, Job.state == JobState.FAILED)
    lengths["messages_failed"] = how_many(
        Message, Message.state.in_([MessageState.FAILED, MessageState.UNKNOWN])
    )
    lengths |= today_billing.counts(now.astimezone(zone()).date())
    row = db.session.execute(
        select(*(each.scalar_subquery().label(name) for name, each in lengths.items()))
    ).one()
    return dict(row._mapping)


def _length(params: Params, now: datetime) -> Any:
    """How long the list with these parameters is: counted by the list's own conditions, so the two agree."""
    return lists.capped(*lists.conditions(Filter.of(params), reader(now)))


def _numbers(counted: dict[str, int]) -> dict[str, Any]:
    return {
        "mine": _group(MINE, counted),
        "firm": _group(FIRM, counted),
        "by_status": [
            ByStatus(word, counted[name], list_href(params)) for name, (word, params, _) in STATUSES.items()
        ],
        "billing": today_billing.numbers(counted),
        "system": _system(counted),
        "nav_counts": {"queue": counted["open"], "jobs_failed": counted["jobs_failed"]},
    }


def _group(names: dict[str, tuple[str, Params, str]], counted: dict[str, int]) -> list[Number]:
    return [
        Number(label, counted[name], list_href(params), tone if counted[name] else "")
        for name, (label, params, tone) in names.items()
    ]


def _system(counted: dict[str, int]) -> list[Number]:
    """What each person may follow."""
    all_of_it = (
        (Permission.SEE_JOBS, "Failed jobs", "jobs_failed", "/staff/jobs"),
        (Permission.SEE_MESSAGES, "Messages not sent", "messages_failed", "/staff/outbox?state=failed"),
    )
    return [
        Number(label, counted[name], href, "bad" if counted[name] else "")
        for permission, label, name, href in all_of_it
        if me().may(permission)
    ]


def _next_up(now: datetime) -> list[Row]:
    """My most urgent open todos."""
    mine = lists.ROW.where(IS_OPEN, Todo.assignee_id == me().user_id)
    urgent = mine.order_by(*keyset.SORTS["due"].words()).limit(MOST_NEXT)
    return rows_of(plain(urgent), {me().user_id: me().name})


def _processes(now: datetime) -> list[Process]:
    """Who said lately that they are alive. They say it by the world's clock, which a demo does not move."""
    ahead = clock.offset()
    alive = (
        select(Heartbeat, Job.kind)
        .join(Job, Job.id == Heartbeat.job_id, isouter=True)
        .order_by(Heartbeat.name)
    )
    return [
        Process(beat.name, beat.seen_at + ahead, _state(now - ahead - beat.seen_at), kind)
        for beat, kind in db.session.execute(alive)
    ]


def _state(silent: timedelta) -> str:
    return "gone" if silent > GONE else "late" if silent > LATE else "ok"
