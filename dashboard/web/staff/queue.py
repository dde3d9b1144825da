"""The queue: a list of todos that is what its URL says, in keyset pages, and the way to the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from dashboard import clock, todos
from dashboard.models.base import new_reference
from dashboard.rights import Permission
from dashboard.todos import counts, exports, keyset, lists, search
from dashboard.todos.hands import Hands, hands
from dashboard.todos.lists import Filter
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from dashboard.web.pages import page, wants_fragment
from dashboard.web.staff.lists import streamed
from dashboard.web.staff.shapes import QUEUE, Chip, Tab, list_href, local, reader, rows_of, today, todo_href
from forms.todos import FilterForm

bp = Blueprint("queue", __name__, url_prefix=QUEUE)
TABS = {
    "my": "My open",
    "unclaimed": "Unclaimed",
    "overdue": "Overdue",
    "signature": "Awaiting signature",
    "open": "All open",
    "all": "Everything",
}
CHOICES = ("view", "status", "priority", "service", "assignee", "due", "age", "sort")
USUAL = {"view": "open", "sort": "due"}
MOST_SOUGHT, MOST_KEPT = 100, 512


@dataclass(frozen=True, slots=True)
class Asked:
    """What the URL asks for: its parameters, the filter they make, and the form that shows them."""

    params: dict[str, str]
    filter: Filter
    form: FilterForm

    @property
    def narrowing(self) -> dict[str, str]:
        """The filters that make the list shorter than its view."""
        return {name: value for name, value in self.params.items() if name not in {"view", "sort"}}


def asked(args: Mapping[str, str], people: Hands) -> Asked:
    """Read the URL. What makes no sense there is ignored."""
    told, form = _chosen(tuple(args.get(name, "") for name in CHOICES), people.workers)
    text = args.get("q", "").strip()
    told = told | ({"q": text} if 0 < len(text) <= MOST_SOUGHT else {})
    params = {name: value for name, value in told.items() if value != USUAL.get(name)}
    return Asked(params, Filter.of(told), form)


@lru_cache(MOST_KEPT)
def _chosen(words: tuple[str, ...], people: tuple[tuple[int, str], ...]) -> tuple[dict[str, str], FilterForm]:
    """What was chosen that makes sense, and the form that shows it: kept, and changed by nobody."""
    asked_for = {name: word for name, word in zip(CHOICES, words, strict=True) if word}
    form = FilterForm(MultiDict(asked_for), people=people)
    told = form.chosen()
    form.view.data = told.get("view", "open")
    return told, form


@bp.get("")
@require(Permission.SEE_QUEUE)
def index() -> ResponseReturnValue:
    """The list; or, asked with `since`, whether it has changed."""
    if "since" in request.args and wants_fragment():
        return _strip(*_events(request.args["since"]))
    cursors = {name: request.args.get(name) for name in ("after", "before")}
    with reading():
        people, who = hands(), reader()
        wanted = asked(request.args, people)
        meets = lists.conditions(wanted.filter, who)
        found = lists.page(wanted.filter, meets, **cursors)
        numbers = counts.counts(who, wanted.filter, meets, found)
    context = around(wanted, numbers, people) | listed(wanted, found, people)
    return page("staff/queue.html", fragment="results", **context)


def _strip(seen: int, heard: int) -> ResponseReturnValue:
    """204 as long as no todo was touched since the page looked; then how many are new, and the counts.

    `seen` and `heard` are audit events: the newest when the page was drawn, and the newest it was told of.
    """
    with reading():
        if counts.stamp() == heard:
            return "", 204
        wanted, who = asked(request.args, hands()), reader()
        meets = lists.conditions(wanted.filter, who)
        numbers = counts.counts(who, wanted.filter, meets)
        fresh = counts.opened_since(seen, meets)
    context = _tabs_only(wanted, numbers) | {"live_href": _live_href(wanted, seen, numbers.stamp)}
    announce = f"{fresh} new" if fresh else None
    return page("staff/queue.html", fragment="live", **context, fresh=fresh, announce=announce)


def _events(since: str) -> tuple[int, int]:
    seen, _, heard = since.partition("-")
    return int(seen) if seen.isdecimal() else 0, int(heard) if heard.isdecimal() else 0


def _live_href(wanted: Asked, seen: int, heard: int) -> str:
    return list_href(wanted.params, since=f"{seen}-{heard}")


def _tabs_only(wanted: Asked, numbers: counts.Counts) -> dict[str, Any]:
    return {"views": _tabs(wanted.filter.view, numbers.views), "here": list_href(wanted.params)}


def around(wanted: Asked, numbers: counts.Counts, people: Hands) -> dict[str, Any]:
    """All that stands around the rows."""
    view = {"view": wanted.params.get("view", "")}
    return _tabs_only(wanted, numbers) | {
        "filters": wanted.form,
        "q": wanted.params.get("q", ""),
        "chosen": list(_chips(wanted)),
        "clear_href": list_href(view),
        "total": numbers.total,
        "live_href": _live_href(wanted, numbers.stamp, numbers.stamp),
        "fresh": 0,
        "may_work": me().may(Permission.WORK_QUEUE),
        "query": list_href(wanted.params).partition("?")[2],
        "export_href": list_href(wanted.params).replace(QUEUE, f"{QUEUE}/export.csv", 1),
        "key": new_reference(),
        "people": people.workers,
        "announce": f"{numbers.total} todos",
        "nav_counts": {"queue": numbers.views["open"], "jobs_failed": numbers.jobs_failed},
    }


def listed(wanted: Asked, found: keyset.Page, people: Hands) -> dict[str, Any]:
    return {
        "rows": rows_of(found.rows, people.names),
        "today": today(),
        "newer": found.newer and list_href(wanted.params, before=found.newer),
        "older": found.older and list_href(wanted.params, after=found.older),
        "empty": None if found.rows else _why_empty(wanted),
    }


def _tabs(current: str, numbers: Mapping[str, int]) -> list[Tab]:
    return [
        Tab(key, name, list_href({"view": "" if key == "open" else key}), numbers[key], key == current)
        for key, name in TABS.items()
    ]


def _chips(wanted: Asked) -> Any:
    """Each filter that is on, in words, with the list that lacks it."""
    for name, value in wanted.narrowing.items():
        field = wanted.form[name]
        word = dict(getattr(field, "choices", None) or {}).get(value, value)
        hint = f" ({search.TOO_SHORT})" if name == "q" and search.is_too_short(value) else ""
        yield Chip(f"{field.label.text}: {word}{hint}", list_href(wanted.params, **{name: None}))


def _why_empty(wanted: Asked) -> str:
    if wanted.narrowing:
        return "nomatch"
    return "mine" if wanted.filter.view == "my" else "nothing"


@bp.get("/export.csv")
@require(Permission.SEE_QUEUE)
@stepped_up
def export() -> ResponseReturnValue:
    """The whole list as a table. What leaves the house is written down first."""
    with reading():
        people, who = hands(), reader()
        wanted = asked(request.args, people)
        meets = lists.conditions(wanted.filter, who)
    with writing():
        exports.begin(meets)
    lines = exports.lines(wanted.filter, meets, people.names, who.zone)
    headers = {"Content-Disposition": 'attachment; filename="todos.csv"'}
    return Response(streamed(lines), mimetype="text/csv", headers=headers)


@bp.post("/claim")
@require(Permission.WORK_QUEUE)
def claim_next() -> ResponseReturnValue:
    """Take the most urgent todo that nobody has."""
    try:
        with writing():
            todo = todos.claim_next(by=me().user_id, now=clock.now())
    except todos.NothingToClaim as no:
        flash(str(no))
        return redirect(local(request.form.get("next"), QUEUE), 303)
    flash("It is yours for two hours.")
    return redirect(todo_href(todo.id), 303)
