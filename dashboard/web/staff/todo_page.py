"""What the page of one todo is made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from dashboard import catalog, clock, todos
from dashboard import intake as intakes
from dashboard.extensions import db
from dashboard.models import Document, Order, Todo
from dashboard.orders import fulfillment, terms, words
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos import day_of, lists
from dashboard.todos.hands import Hands, hands
from dashboard.unit import reading
from dashboard.web.access import me
from dashboard.web.staff import timeline
from dashboard.web.staff.queue import asked
from dashboard.web.staff.shapes import came_from, order_href, reader, todo_href, zone
from forms.todos import CancelForm, DoneForm, NoteForm, ReopenForm, TakeOverForm, TodoForm


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page: blank, but for the one that came back with something to mend."""

    form: TodoForm
    note_form: NoteForm
    done_form: DoneForm
    cancel_form: CancelForm
    takeover_form: TakeOverForm
    reopen_form: ReopenForm

    @classmethod
    def blank(cls) -> Forms:
        kinds = (TodoForm, NoteForm, DoneForm, CancelForm, TakeOverForm, ReopenForm)
        return cls(*(kind(formdata=None) for kind in kinds))

    def with_one(self, sent: FlaskForm | None) -> Forms:
        """This form in the place of its blank."""
        mine = [name for name in self.__slots__ if type(getattr(self, name)) is type(sent)]
        return replace(self, **dict.fromkeys(mine, sent))

    def named(self) -> dict[str, FlaskForm]:
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class TodoShown:
    """The todo itself. `claimed_until` is there while the claim holds."""

    id: int
    href: str
    version: int
    title: str
    category: str
    priority: str
    status: str
    service_slug: str | None
    service_name: str | None
    description: str
    npi: str | None
    due: date
    created_at: datetime
    incomplete: bool
    missing: list[str]
    link_href: str | None
    is_open: bool
    assignee: str | None
    mine: bool
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class OrderShown:
    """The order behind a todo. Money is cents."""

    number: str
    href: str
    service_name: str
    customer_name: str
    payment_status: str
    status: str
    amount_cents: int
    method: str | None
    paid_at: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentShown:
    name: str
    href: str
    size: int
    at: datetime


def context(todo_id: int, forms: Forms) -> dict[str, Any]:
    """All that staff/todo.html is given."""
    back = came_from()
    with reading():
        todo, people = found(Todo, todo_id, "todo"), hands()
        order = db.session.get(Order, todo.order_id) if todo.order_id else None
        documents = _documents(order)
        story = timeline.entries(todo, order, people)
        previous, following = _neighbours(todo, back, people)
    _fill(forms, todo, people)
    return forms.named() | {
        "todo": _todo(todo, order, people),
        "order": order and _order(order),
        "facts": _facts(todo, order),
        "checklist": todo.checklist,
        "documents": documents,
        "timeline": story,
        "blocked": list(todos.blocked_by(todo)),
        "back": back,
        "previous": _beside(previous, back),
        "next": _beside(following, back),
        "may_work": me().may(Permission.WORK_QUEUE),
        "undo": None,
        "announce": None,
    }


def _fill(forms: Forms, todo: Todo, people: Hands) -> None:
    """The details form holds what is saved, unless it came back with what somebody typed."""
    forms.form.among(_choosable(todo, people))
    if not todos.is_filed_online(todo):
        del forms.done_form.tracking_id
    if not forms.form.is_submitted() or forms.form.status.raw_data is None:
        now = {
            "status": todo.status.value,
            "priority": todo.priority.value,
            "assignee": str(todo.assignee_id or ""),
        }
        forms.form.process(data=now | {"version": todo.version, "due_date": day_of(todo.due_at, zone())})


def _choosable(todo: Todo, people: Hands) -> list[tuple[int, str]]:
    """Whoever may work the queue, and whoever has the todo now."""
    ids = {id for id, _ in people.workers}
    has_it = [(todo.assignee_id, people.names.get(todo.assignee_id, "Unknown"))] if todo.assignee_id else []
    return [*people.workers, *(one for one in has_it if one[0] not in ids)]


def _todo(todo: Todo, order: Order | None, people: Hands) -> TodoShown:
    service = catalog.BY_SLUG.get(todo.service_slug or "")
    holds = todo.claimed_until is not None and todo.claimed_until > clock.now() and todo.is_open
    return TodoShown(
        id=todo.id,
        href=todo_href(todo.id),
        version=todo.version,
        title=todo.title,
        category=todo.category.value,
        priority=todo.priority.value,
        status=todo.status.value,
        service_slug=todo.service_slug,
        service_name=service.name if service else None,
        description=todo.description or "",
        npi=todo.npi,
        due=day_of(todo.due_at, zone()),
        created_at=todo.created_at,
        incomplete=todo.intake_incomplete,
        missing=_missing(order) if todo.intake_incomplete else [],
        link_href=None,
        is_open=todo.is_open,
        assignee=people.names.get(todo.assignee_id or 0),
        mine=todo.assignee_id == me().user_id,
        claimed_until=todo.claimed_until if holds else None,
    )


def _missing(order: Order | None) -> list[str]:
    return (
        [intakes.LABELS[name] for name in intakes.missing_required(terms.intake_of(order))] if order else []
    )


def _order(order: Order) -> OrderShown:
    return OrderShown(
        number=order.order_number,
        href=order_href(order.order_number),
        service_name=catalog.service(order.service_slug).name,
        customer_name=order.customer_name or "Unknown",
        payment_status=order.payment_status.value,
        status=order.status.value,
        amount_cents=order.amount_cents,
        method=order.method,
        paid_at=order.paid_at,
    )


def _facts(todo: Todo, order: Order | None) -> list[tuple[str, str]]:
    if order is None:
        return []
    recurring = todo.recurring_invoice_id is not None
    service = catalog.service(order.service_slug)
    case = fulfillment.case_of(order, service, recurring=recurring, invoice_id=todo.recurring_invoice_id)
    return words.facts(case)


def _documents(order: Order | None) -> list[DocumentShown]:
    if order is None or not me().may(Permission.SEE_DOCUMENTS):
        return []
    kept = db.session.scalars(
        select(Document).where(Document.order_id == order.id).order_by(Document.id.desc())
    )
    return [DocumentShown(one.name, f"/staff/documents/{one.ref}", one.size, one.created_at) for one in kept]


def _neighbours(todo: Todo, back: str, people: Hands) -> tuple[int | None, int | None]:
    """In the list that somebody came from, as its URL says."""
    wanted = asked(parameters(back.partition("?")[2]), people)
    return lists.neighbours(wanted.filter, lists.conditions(wanted.filter, reader()), todo)


def parameters(query: str) -> MultiDict[str, str]:
    """A query string as the parameters of a request."""
    return MultiDict(parse_qsl(query))


def _beside(todo_id: int | None, back: str) -> str | None:
    return f"{todo_href(todo_id)}?{urlencode({'next': back})}" if todo_id else None
