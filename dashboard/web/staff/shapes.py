"""What the templates of queue, task and Today are given: plain frozen records, ready to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import current_app, request

from dashboard import clock
from dashboard.todos.days import day_of
from dashboard.todos.lists import Reader
from dashboard.web.access import me

QUEUE = "/staff/queue"


@dataclass(frozen=True, slots=True)
class Tab:
    """One view with its count (None: not counted)."""

    key: str
    name: str
    href: str
    count: int | None
    current: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is on, and the list without it."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class Number:
    """A count (to 1,001) and the list that yields it; `tone` is bad, warn, good or empty."""

    label: str
    count: int
    href: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One todo in a list. `short` is the title without the NPI, which has a column of its own."""

    id: int
    href: str
    title: str
    short: str
    npi: str | None
    status: str
    priority: str
    due: date
    order_number: str | None
    order_href: str | None
    assignee: str | None
    mine: bool
    is_open: bool
    version: int
    incomplete: bool


def rows_of(found: Iterable[Any], names: Mapping[int, str]) -> list[Row]:
    """From rows of `lists.ROW`, as whoever is signed in sees them."""
    user_id, days = me().user_id, zone()
    return [_row(each, names, user_id, days) for each in found]


def _row(found: Any, names: Mapping[int, str], user_id: int, days: ZoneInfo) -> Row:
    return Row(
        id=found.id,
        href=todo_href(found.id),
        title=found.title,
        short=found.title.removesuffix(f" (NPI {found.npi or 'N/A'})"),
        npi=found.npi,
        status=found.status.value,
        priority=found.priority.value,
        due=day_of(found.due_at, days),
        order_number=found.order_number,
        order_href=found.order_number and order_href(found.order_number),
        assignee=names.get(found.assignee_id),
        mine=found.assignee_id == user_id,
        is_open=found.status.is_open,
        version=found.version,
        incomplete=found.intake_incomplete,
    )


def zone() -> ZoneInfo:
    """The firm's time zone: its days begin there."""
    found: ZoneInfo = current_app.extensions["settings"].firm_time_zone
    return found


def today() -> date:
    """The firm's day."""
    return day_of(clock.now(), zone())


def reader(now: datetime | None = None) -> Reader:
    """Whoever is signed in, now."""
    return Reader(me().user_id, now or clock.now(), zone())


def todo_href(todo_id: int) -> str:
    return f"{QUEUE}/{todo_id}"


def order_href(number: str) -> str:
    return f"/staff/orders/{number}"


def list_href(params: Mapping[str, str], **more: str | None) -> str:
    """The queue with these filters; what is empty is left out, so one list has one address."""
    told = {name: value for name, value in {**params, **more}.items() if value}
    return f"{QUEUE}?{urlencode(told)}" if told else QUEUE


def local(path: str | None, otherwise: str) -> str:
    """A path of the staff pages, as told by `next`; anything else goes to `otherwise`."""
    is_ours = (
        bool(path) and str(path).startswith("/staff/") and "//" not in str(path) and "\\" not in str(path)
    )
    return str(path) if is_ours else otherwise


def came_from() -> str:
    """The list somebody came from: as the page says, else as the browser does, else the whole queue."""
    told = request.values.get("next") or request.values.get("back") or _referrer()
    return told if local(told, "").split("?")[0] == QUEUE else QUEUE


def with_list(href: str) -> str:
    """A todo's address that still knows the list somebody came from."""
    back = came_from()
    return href if back == QUEUE else f"{href}?{urlencode({'next': back})}"


def _referrer() -> str:
    return (request.referrer or "").removeprefix(request.host_url.rstrip("/"))
