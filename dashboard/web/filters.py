"""Words for the page: times in the firm's zone, money, counts, and the wiring of form fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, has_request_context, request

from dashboard import actor, clock, money
from dashboard.web import components, navigation
from dashboard.web.pages import wants_fragment

COUNTED = 1000
NOW = "countersign.now"
STEPS = ((timedelta(hours=1), 60, " min"), (timedelta(days=1), 3600, "h"), (timedelta(days=14), 86400, "d"))


def relative(at: datetime, now: datetime) -> str:
    """How far off, as "5 min ago" or "in 3d"; past two weeks the day itself. Both are aware."""
    distance = abs(now - at)
    if distance < timedelta(minutes=1):
        return "just now"
    for limit, seconds, unit in STEPS:
        if distance < limit:
            amount = f"{int(distance.total_seconds()) // seconds}{unit}"
            return f"in {amount}" if at > now else f"{amount} ago"
    return day_words(at.date())


def when(at: datetime, zone: ZoneInfo) -> str:
    """The exact instant, "20 Nov 2026, 16:40 EST", for titles and detail pages."""
    local = at.astimezone(zone)
    return f"{day_words(local.date())}, {local:%H:%M %Z}"


def day_words(day: date) -> str:
    """The day in the order nobody can misread: "20 Nov 2026"."""
    return f"{day.day} {day:%b %Y}"


def period_words(start: date, after: date) -> str:
    """A period by its first and last day, as on paper: "1 Nov 2026 to 30 Nov 2026" where `after` is 1 Dec."""
    return f"{day_words(start)} to {day_words(after - timedelta(days=1))}"


def due_words(due: date, today: date) -> str:
    """How soon: "2d late", "today", "tomorrow", "in 3d"; further off, the day itself."""
    days = (due - today).days
    if days < 0:
        return f"{-days}d late"
    near = {0: "today", 1: "tomorrow"}
    return near.get(days, f"in {days}d" if days < 100 else day_words(due))


def due_tone(due: date, today: date) -> str:
    """The class that colours a due date: late, soon, or none."""
    return "late" if due < today else "soon" if due == today else ""


def capped(count: int) -> str:
    """412 -> "412"; above a thousand "1,000+", because nobody counts further."""
    return f"{COUNTED:,}+" if count > COUNTED else f"{count:,}"


def words(name: str) -> str:
    """A stored name as people read it: "in_progress" -> "In progress"."""
    return "ACH" if name == "ach" else str(name).replace("_", " ").capitalize()


def masked(value: str | None) -> str:
    """All but the last four of a secret hidden; an empty one says so."""
    return f"•••• {value[-4:]}" if value and len(value) > 4 else "••••" if value else "not provided"


def size(count: int) -> str:
    """12345 -> "12 KB"."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{max(1, count // 1000)} KB"


def wiring(field: Any, id: str, help: str, more: dict[str, Any], first: bool = True) -> dict[str, Any]:
    """What ties a field to its help and its error; the first bad field of a page takes the focus."""
    told = [f"{id}-{kind}" for kind, text in (("error", field.errors), ("help", help)) if text]
    found: dict[str, Any] = dict(more) if field.type == "RadioField" else {"id": id, **more}
    if told:
        found["aria-describedby"] = " ".join(told)
    if field.errors:
        found["aria-invalid"] = "true"
        found["autofocus"] = first and not g.get("focus_given", False)
        g.focus_given = True
    return found


def join(app: Flask) -> None:
    """Give every template our filters, macros, navigation and facts. Days and hours are the firm's."""
    settings = app.extensions["settings"]
    app.jinja_env.filters.update(_filters(settings.firm_time_zone))
    app.jinja_env.globals.update(
        is_fragment=wants_fragment,
        wiring=wiring,
        navigation=navigation.reader(app),
        nav_counts={},
        settings_mode=settings.mode,
        support_email=settings.support_email,
        support_phone=settings.support_phone,
    )
    components.join(app.jinja_env)
    app.context_processor(_facts)


def _facts() -> dict[str, Any]:
    """What differs by request; `me` is None where nobody is signed in."""
    return {"me": g.get("me"), "now": _now(), "request_id": actor.current().request_id}


def _now() -> datetime:
    """One instant for a whole page: it agrees with itself, and a moved clock's file is read once."""
    if not has_request_context():
        return clock.now()
    if NOW not in request.environ:
        request.environ[NOW] = clock.now()
    now: datetime = request.environ[NOW]
    return now


def _filters(zone: ZoneInfo) -> dict[str, Callable[..., str]]:
    def today() -> date:
        return _now().astimezone(zone).date()

    return {
        "money": money.dollars,
        "when": lambda at: when(at, zone),
        "iso": lambda at: at.isoformat(timespec="seconds"),
        "day": day_words,
        "period": period_words,
        "relative": lambda at: relative(at, _now()),
        "due_words": lambda due: due_words(due, today()),
        "due_tone": lambda due: due_tone(due, today()),
        "capped": capped,
        "words": words,
        "masked": masked,
        "size": size,
    }
