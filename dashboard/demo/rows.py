"""From a story to its rows: the order, its todo, and what the audit trail says of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard import intake as intakes
from dashboard.actor import new_request_id
from dashboard.audit import Action, canonical
from dashboard.demo.stories import Story
from dashboard.models import (
    AuditEvent,
    Office,
    Order,
    OrderSource,
    OrderStatus,
    PaymentStatus,
    Priority,
    Todo,
    TodoCategory,
    TodoStatus,
    User,
)
from dashboard.orders import words
from dashboard.orders.terms import email_index, new_order_number

CLAIM = timedelta(hours=2)


def order_of(story: Story, offices: Sequence[Office]) -> Order:
    """The paid order of this story."""
    service, intake = story.case.service, story.case.intake
    number = new_order_number()
    return Order(
        order_number=number,
        office_id=None if story.office is None else offices[story.office].id,
        source=OrderSource.PUBLIC,
        entry_key=f"demo:{number}",
        service_slug=service.slug,
        price_cents=service.price_cents,
        billing_interval=service.billing_interval,
        allowed_methods=list(service.allowed_methods),
        method=service.allowed_methods[0],
        amount_cents=service.price_cents,
        customer_name=story.case.customer_name,
        customer_email=story.email,
        customer_email_index=email_index(story.email),
        intake_data=intakes.as_data(intake),
        npi=intake.npi,
        payment_status=PaymentStatus.PAID,
        paid_at=story.paid_at,
        status=_order_status(story),
        canceled_at=story.worked_at if story.status is TodoStatus.CANCELED else None,
        cancel_cause="asked by client" if story.status is TodoStatus.CANCELED else None,
        created_at=story.ordered_at,
        updated_at=story.worked_at,
    )


def _order_status(story: Story) -> OrderStatus:
    if story.status is TodoStatus.CANCELED:
        return OrderStatus.CANCELED
    finished = story.status is TodoStatus.DONE and story.case.service.billing_interval is None
    return OrderStatus.COMPLETED if finished else OrderStatus.ACTIVE


def todo_of(story: Story, order: Order, staff: Sequence[User], zone: ZoneInfo, now: datetime) -> Todo:
    """The fulfilment todo of this story's order, as the worker would have opened it."""
    case, ended = story.case, not story.status.is_open
    missing = intakes.missing_required(case.intake)
    worker = None if story.worker is None else staff[story.worker]
    due = words.due_on(case, story.paid_at.astimezone(zone).date())
    return Todo(
        key=":".join(filter(None, ("fulfil", order.order_number, case.invoice_id))),
        title=words.title(case),
        category=TodoCategory.FILING,
        priority=Priority(case.service.priority),
        order_id=order.id,
        order_number=order.order_number,
        npi=case.intake.npi,
        service_slug=case.service.slug,
        recurring_invoice_id=case.invoice_id,
        description=words.description(case, [words.intake_incomplete(missing)] if missing else []),
        data=intakes.todo_data(case.intake),
        intake_incomplete=bool(missing),
        status=story.status,
        assignee_id=worker and worker.id,
        claimed_until=now + CLAIM if story.status is TodoStatus.IN_PROGRESS else None,
        due_at=datetime.combine(due, time(17), zone),
        checklist=[{**item, "done": story.status is TodoStatus.DONE} for item in words.checklist(case)],
        tracking_id=f"DEMO-{order.order_number[-4:]}" if story.status is TodoStatus.DONE else None,
        created_at=story.paid_at + timedelta(seconds=1),
        updated_at=story.worked_at,
        finished_at=story.worked_at if ended else None,
        finished_by=worker.id if worker and ended else None,
    )


def trail_of(story: Story, order: Order, todo: Todo, staff: Sequence[User]) -> Iterator[AuditEvent]:
    """What the audit trail would hold."""
    worker = "system" if story.worker is None else staff[story.worker].ref
    yield _event(Action.ORDER_CREATED, "compliance_orders", order.order_number, story.ordered_at, "visitor")
    paid = {"payment_status": PaymentStatus.PAID.value}
    yield _event(Action.ORDER_CHANGED, "compliance_orders", order.order_number, story.paid_at, "worker", paid)
    yield _event(Action.TODO_OPENED, "admin_todos", todo.ref, todo.created_at, "worker", {"key": todo.key})
    if story.worker is not None:
        yield _event(Action.TODO_CLAIMED, "admin_todos", todo.ref, todo.created_at, worker)
    if not story.status.is_open:
        done = Action.TODO_COMPLETED if story.status is TodoStatus.DONE else Action.TODO_CANCELED
        yield _event(done, "admin_todos", todo.ref, story.worked_at, worker)


def _event(
    action: Action, kind: str, ref: str, at: datetime, actor: str, changes: dict[str, str] | None = None
) -> AuditEvent:
    return AuditEvent(
        at=at,
        actor=actor,
        action=action.value,
        object_type=kind,
        object_ref=ref,
        outcome="ok",
        request_id=new_request_id(),
        changes=canonical(changes) if changes else None,
    )
