"""The audit log: search, verification, export (spec AUD-02)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit
from dashboard.audit import Action, exports, search
from dashboard.audit.signing import read_keys
from dashboard.background import later
from dashboard.config import Settings
from dashboard.errors import Invalid
from dashboard.models import AuditEvent, Job, JobState, Todo
from dashboard.people import accounts
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from forms.audit import AuditExportForm, AuditFilterForm

PEOPLE = ("from_user", "to_user")
bp = Blueprint("audit", __name__, url_prefix="/staff/audit")
KEY = "audit.verify"
BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One event as shown: `who` is a name if the viewer may see people, else a ref or a role word."""

    at: datetime
    who: str
    role: str
    action: str
    object: str
    ref: str
    href: str | None
    outcome: str
    told: str
    request_id: str
    address: str


@dataclass(frozen=True, slots=True)
class Verified:
    """What the last verification found, and whether one is on its way."""

    at: datetime | None
    events: int
    faults: int
    places: list[str]
    is_running: bool


@bp.get("")
@require(Permission.SEE_AUDIT)
def index() -> ResponseReturnValue:
    form = AuditFilterForm(request.args, [each.value for each in Action])
    params = form.chosen()
    names = _names() if me().may(Permission.SEE_PEOPLE) else {}
    with reading() as session:
        cursor = {name: request.args.get(name, type=int) for name in ("before", "after")}
        found = search.page(session, _search(session, params, names), **cursor)
        todos = _todos(session, found.events)
        verified = _verified(session)
    return render_template(
        "staff/audit.html",
        filters=form,
        lines=[_line(event, names, todos) for event in found.events],
        newer=_href(params, after=found.newer),
        older=_href(params, before=found.older),
        is_filtered=bool(params),
        verified=verified,
        export=AuditExportForm(formdata=None),
    )


@bp.post("/verification")
@require(Permission.VERIFY_AUDIT)
def verify() -> ResponseReturnValue:
    """Have the whole chain checked by a worker; asking twice asks for one."""
    with writing():
        later("audit.verify", key=KEY)
    flash("The whole chain is being verified; the result is shown here.")
    return redirect(url_for(".index"), 303)


@bp.post("/exports")
@require(Permission.EXPORT_AUDIT)
@stepped_up
def export() -> ResponseReturnValue:
    """The stretch of the chain that holds these days, with its seals, as a file that verifies offline."""
    form = AuditExportForm()
    if not form.validate_on_submit():
        raise Invalid("from", "Write the days as they stand in a calendar, or leave them empty.")
    settings: Settings = current_app.extensions["settings"]
    assert settings.signing_key_file is not None
    keys = read_keys(settings.signing_key_file)
    since, until = _span(form.since.data, form.until.data, settings.firm_time_zone)
    with writing() as session:
        part = exports.stretch(session, since, until)
        audit.record(Action.EXPORTED, changes={"what": "audit", "rows": part.rows})
    answer = Response(_streamed(exports.lines(part, keys)), mimetype="application/x-ndjson")
    answer.headers["Content-Disposition"] = f"attachment; filename=audit-{part.first}-{part.last}.jsonl"
    return answer


def _streamed(lines: Iterator[str]) -> Iterator[str]:
    """Some thousand lines at a time, each time in a context that is left before they travel."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]

    def batches() -> Iterator[str]:
        while True:
            with app.app_context():
                some = "".join(islice(lines, BATCH))
            if not some:
                return
            yield some

    return batches()


def _names() -> dict[str, str]:
    """What people are called, by their ref and by their number."""
    with reading():
        everybody = accounts.everybody()
    return {key: user.name or "no name" for user in everybody for key in (user.ref, str(user.id))}


def _search(session: Session, params: Mapping[str, str], names: Mapping[str, str]) -> search.Search:
    zone: ZoneInfo = current_app.extensions["settings"].firm_time_zone
    days = {name: date.fromisoformat(params[name]) for name in ("from", "to") if name in params}
    since, until = _span(days.get("from"), days.get("to"), zone)
    actors = _actors(params.get("actor"), names)
    return search.Search(actors, params.get("action"), _refs(session, params.get("object")), since, until)


def _refs(session: Session, sought: str | None) -> list[str] | None:
    """What was asked for; of an order also its todos, so that its whole story is one search."""
    if not sought:
        return None
    return [sought, *session.scalars(select(Todo.ref).where(Todo.order_number == sought))]


def _todos(session: Session, events: Iterable[AuditEvent]) -> dict[str, tuple[int, str | None]]:
    """The id and the order's number of each todo among them, by its ref."""
    refs = {event.object_ref for event in events if event.object_type == Todo.__tablename__}
    found = session.execute(select(Todo.ref, Todo.id, Todo.order_number).where(Todo.ref.in_(refs)))
    return {ref: (id, number) for ref, id, number in found}


def _actors(text: str | None, names: Mapping[str, str]) -> set[str] | None:
    """The refs of the people whose name holds the text, and the text itself: a ref, or `worker`."""
    if not text:
        return None
    return {text, *(ref for ref, name in names.items() if text.casefold() in name.casefold())}


def _span(first: date | None, last: date | None, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
    """From the first moment of a day of the firm's to the one after the last."""
    since = datetime.combine(first, time(), zone) if first else None
    until = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
    return since, until


def _about(event: AuditEvent, todos: Mapping[str, tuple[int, str | None]]) -> tuple[str, str | None]:
    """What an event is about, as people call it, and where it is shown."""
    ref = event.object_ref or ""
    if ref in todos:
        id, number = todos[ref]
        return number or f"todo {id}", f"/staff/queue/{id}"
    return ref, f"/staff/orders/{ref}" if ref and event.object_type == "compliance_orders" else None


def _line(event: AuditEvent, names: Mapping[str, str], todos: Mapping[str, tuple[int, str | None]]) -> Line:
    about, href = _about(event, todos)
    return Line(
        at=event.at,
        who=names.get(event.actor, event.actor),
        role=event.role or "",
        action=event.action,
        object=about,
        ref=event.object_ref or "",
        href=href,
        outcome=event.outcome,
        told=_told(event, names),
        request_id=event.request_id,
        address=event.address or "",
    )


def _told(event: AuditEvent, names: Mapping[str, str]) -> str:
    """The allow-listed changes, and the reason, as words; people by their names."""
    changes: dict[str, Any] = json.loads(event.changes or "{}")
    people = {name: names.get(str(changes[name]), "nobody") for name in PEOPLE if name in changes}
    told = {name: value for name, value in (changes | people).items() if value != []}
    parts = [f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in told.items()]
    return "; ".join([*parts, *([event.reason] if event.reason else [])])


def _plain(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _verified(session: Any) -> Verified:
    live = select(Job.id).where(Job.key == KEY, Job.state.in_([JobState.READY, JobState.RUNNING]))
    is_running = session.scalar(live) is not None
    last = search.last_verification(session)
    if last is None:
        return Verified(None, 0, 0, [], is_running)
    found = json.loads(last.changes or "{}")
    return Verified(last.at, found["events"], found["faults"], found.get("places", []), is_running)


def _href(params: Mapping[str, str], **cursor: int | None) -> str | None:
    [(name, value)] = cursor.items()
    return None if value is None else f"/staff/audit?{urlencode({**params, name: value})}"
