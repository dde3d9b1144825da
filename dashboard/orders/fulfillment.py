"""Doing an order: one todo for each thing that was paid for, however often it is told (spec FUL-01, FUL-10).

Services differ by data alone: the catalog's record says what is done, ticked off and spawned. Nothing here
ever talks to a government portal: a person does, from the todo (FUL-02).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard import audit, catalog, notifications, todos
from dashboard import intake as intakes
from dashboard.audit import Action
from dashboard.background import later
from dashboard.catalog import Service
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import Message, MessageState, Order, OrderSource, OrderStatus, Todo, TodoCategory
from dashboard.models.todo import IS_OPEN
from dashboard.orders import states, terms, words
from dashboard.orders.words import Case


class NotPaid(DomainError):
    """Work starts only when the money is certain (spec CHK-04)."""

    code = "NOT_PAID"

    def __init__(self, order: Order) -> None:
        super().__init__(f"Order {order.order_number} is not paid: its work has not started.")


def dispatch(
    order: Order,
    *,
    zone: ZoneInfo,
    now: datetime,
    recurring_cycle: str | None = None,
    recurring_invoice_id: str | None = None,
) -> Todo | None:
    """Open the todo of an order, or of one paid renewal of it, and ask for what follows; once for each.

    `zone` is the firm's, whose working days count. A first dispatch of an order that was canceled meanwhile
    opens nothing; a renewal that was paid is always done.

    Raises:
        UnknownService: it names the slug.
        NotPaid: the money is not certain.
    """
    service = catalog.service(order.service_slug)
    if order.payment_status not in states.RECEIVED:
        raise NotPaid(order)
    recurring = recurring_cycle is not None or recurring_invoice_id is not None
    if order.status is OrderStatus.CANCELED and not recurring:
        return None
    case = case_of(order, service, recurring=recurring, invoice_id=recurring_invoice_id)
    todo, is_new = open_todo(order, case, today=now.astimezone(zone).date(), zone=zone, now=now)
    if is_new:
        follow(order, service, now)
    return todo


def case_of(order: Order, service: Service, *, recurring: bool, invoice_id: str | None) -> Case:
    """What the words of a todo are made from."""
    return Case(service, terms.intake_of(order), order.customer_name, recurring, invoice_id)


def open_todo(order: Order, case: Case, *, today: date, zone: ZoneInfo, now: datetime) -> tuple[Todo, bool]:
    """The fulfilment todo, and whether it is new. Its key is the fact that was paid for."""
    return todos.open_once(
        key=key_of(order, case),
        title=words.title(case),
        category=TodoCategory.FILING,
        priority=case.service.priority.value,
        due_at=todos.due_instant(words.due_on(case, today), zone),
        now=now,
        order=order,
        service_slug=case.service.slug,
        npi=case.intake.npi,
        description=words.description(case, notes(order, case)),
        data=intakes.todo_data(case.intake),
        checklist=words.checklist(case),
        intake_incomplete=bool(intakes.missing_required(case.intake)),
        recurring_invoice_id=case.invoice_id,
    )


def key_of(order: Order, case: Case) -> str:
    """`fulfil:<order>`, or `fulfil:<order>:<invoice>` for a renewal."""
    key = f"fulfil:{order.order_number}"
    return f"{key}:{case.invoice_id}" if case.recurring else key


def follow(order: Order, service: Service, now: datetime) -> None:
    """What a new fulfilment starts besides its todo: what the service spawns, and the missing answers."""
    for slug in service.spawns:
        key = f"spawn:{order.order_number}:{slug}"
        later("orders.spawn", key=key, order_number=order.order_number, order_id=order.id, slug=slug)
    ask_for_intake(order, now)


def ask_for_intake(order: Order, now: datetime) -> Message | None:
    """Mail the client a link to what is missing, once an order. A bundle asks for the orders it spawned."""
    intake = terms.intake_of(order)
    to = intakes.contact_email(intake, order.customer_email)
    if to is None or order.source is OrderSource.BUNDLE or not intakes.missing_required(intake):
        return None
    key = f"intake:{order.order_number}"
    return notifications.tell("intake_needed", to=to, key=key, now=now, order=order)


def notes(order: Order, case: Case) -> Sequence[str]:
    """What staff must know or do by hand: missing answers, no address, mail that did not go (FUL-09)."""
    missing = intakes.missing_required(case.intake)
    told = [words.intake_incomplete(missing)] if missing else []
    if intakes.contact_email(case.intake, order.customer_email) is None:
        told.append(words.no_client_email())
    return [*told, *(unsent(message) for message in messages_that_failed(order))]


def messages_that_failed(order: Order) -> Sequence[Message]:
    """The order's mails that were not sent, or perhaps not, oldest first."""
    lost = Message.state.in_((MessageState.FAILED, MessageState.UNKNOWN))
    about = (Message.order_id == order.id, Message.todo_id.is_(None), lost)
    return db.session.scalars(select(Message).where(*about).order_by(Message.id)).all()


def unsent(message: Message) -> str:
    """The note on one of them."""
    what = f"Mail to the client ({notifications.label_of(message).lower()})"
    by_hand = "send it again from the outbox, or tell them by hand."
    return words.failed(what, message.error_class or "no answer", by_hand)


def refresh(order: Order, now: datetime) -> None:
    """Say on the order's open fulfilment todos what holds now; what is done stays as it was."""
    for todo in open_todos(order):
        case = case_of(
            order,
            catalog.service(order.service_slug),
            recurring=todo.recurring_invoice_id is not None,
            invoice_id=todo.recurring_invoice_id,
        )
        _rewrite(todo, order, case, now)


def open_todos(order: Order) -> Sequence[Todo]:
    """The fulfilment todos of an order that are not finished, oldest first."""
    ours = (Todo.order_id == order.id, Todo.category == TodoCategory.FILING, IS_OPEN)
    return db.session.scalars(select(Todo).where(*ours).order_by(Todo.id)).all()


def _rewrite(todo: Todo, order: Order, case: Case, now: datetime) -> None:
    says = {
        "title": words.title(case),
        "npi": case.intake.npi,
        "description": words.description(case, notes(order, case)),
        "data": intakes.todo_data(case.intake),
        "intake_incomplete": bool(intakes.missing_required(case.intake)),
    }
    changed = [name for name, value in says.items() if getattr(todo, name) != value]
    for name in changed:
        setattr(todo, name, says[name])
    if changed:
        todo.updated_at = now
        audit.record(Action.TODO_CHANGED, todo, changes={"fields": sorted(changed)})
