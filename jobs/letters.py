"""Composing a message when it is sent: what it says is true then, and no link's token rests in the outbox."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from dashboard import catalog, client_links, todos
from dashboard.billing import subscriptions
from dashboard.catalog import BY_SLUG
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.gateways import Letter
from dashboard.intake import LABELS, missing_required
from dashboard.models import (
    Channel,
    DocumentState,
    Invoice,
    LinkPurpose,
    Message,
    Office,
    Order,
    Plan,
    Todo,
    User,
)
from dashboard.orders import states, terms
from dashboard.people import links
from dashboard.rows import found

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A message with everything it will say, and no row behind it."""

    channel: Channel
    kind: str
    to: str
    message_id: str
    facts: Facts


def drafted(message: Message, now: datetime) -> Draft:
    """Gather what a message says, issuing the links it carries. Said in a writing unit."""
    settings: Settings = current_app.extensions["settings"]
    host = (settings.domain or "localhost").partition(":")[0]
    facts = GATHERED[message.kind](message, settings, now)
    # A repeat keeps its id, so that the receiver can tell; a person who asks for another gets another.
    message_id = f"<{message.ref}.{message.resent}@{host}>"
    return Draft(message.channel, message.kind, message.recipient or "", message_id, facts)


def letter(draft: Draft) -> Letter:
    """The mail: the text's first line is its subject. Text and HTML say the same."""
    subject, _, text = rendered(draft, "txt").strip().partition("\n")
    body = text.strip() + "\n"
    return Letter(draft.to, subject.strip(), body, rendered(draft, "html"), draft.message_id)


def rendered(draft: Draft, form: str) -> str:
    return current_app.jinja_env.get_template(f"email/{draft.kind}.{form}").render(draft.facts)


def line(draft: Draft) -> str:
    """The chat line: order, service, priority, due, link. Never the title: it names the provider (FUL-12)."""
    return " · ".join(draft.facts.values())


def about_order(message: Message, settings: Settings, now: datetime) -> Facts:
    """What an order's mails tell."""
    order = found(Order, message.order_id or 0, "order")
    return {
        "name": order.customer_name,
        "service": catalog.service(order.service_slug),
        "order_number": order.order_number,
        "price_cents": order.price_cents,
        "billing_interval": order.billing_interval,
        "paid": order.payment_status in states.RECEIVED,
        "missing": [LABELS[name] for name in missing_required(terms.intake_of(order))],
    }


def with_link(message: Message, settings: Settings, now: datetime) -> Facts:
    """The same, with a new link to the order."""
    facts = about_order(message, settings, now)
    token = client_links.issue(found(Order, message.order_id or 0, "order"), now)
    return facts | {"link": f"{settings.base_url}/link/{token}"}


def about_subscription(message: Message, settings: Settings, now: datetime) -> Facts:
    """What the end of a subscription is confirmed with: the plan, and the office's day on which it ends."""
    office = found(Office, found(User, message.user_id or 0, "person").office_id or 0, "office")
    ends = subscriptions.ends_at(office) or now
    plan = db.session.get(Plan, office.plan_id) if office.plan_id else None
    ends_on = ends.astimezone(ZoneInfo(office.time_zone)).date()
    return {"name": office.name, "plan": plan.name if plan else None, "ends_on": ends_on}


def about_account(message: Message, settings: Settings, now: datetime) -> Facts:
    """What an account's mails tell, with a new link."""
    user = found(User, message.user_id or 0, "person")
    purpose = LinkPurpose(message.kind)
    link = settings.base_url + links.path_of(purpose, links.issue(user, purpose, now))
    hours = int(links.GOOD_FOR[purpose].total_seconds()) // 3600
    return {"name": user.name, "role": user.role, "hours": hours, "link": link}


def about_invoice(message: Message, settings: Settings, now: datetime) -> Facts:
    """What an invoice's mails tell, with a new link to it. Never a line: its words stay on the paper."""
    invoice = found(Invoice, message.invoice_id or 0, "invoice")
    said = invoice.snapshot or {}
    token = client_links.issue(invoice, now)
    return {
        "name": None,
        "office": said["office"]["name"],
        "number": invoice.number,
        "total_cents": invoice.total_cents,
        "rest_cents": invoice.rest_cents,
        "due_date": invoice.due_date,
        "link": f"{settings.base_url}/link/{token}",
    }


def about_todo(message: Message, settings: Settings, now: datetime) -> Facts:
    """What the staff channel hears, in its order."""
    todo = found(Todo, message.todo_id or 0, "todo")
    service = BY_SLUG.get(todo.service_slug or "")
    due = todos.day_of(todo.due_at, settings.firm_time_zone)
    return {
        "order": todo.order_number or "no order",
        "service": service.name if service else todo.category.value,
        "priority": f"{todo.priority.value} priority",
        "due": f"due {due.day} {due:%b %Y}",
        "link": f"{settings.base_url}/staff/queue/{todo.id}",
    }


def is_over(message: Message) -> bool:
    """Whether nobody needs it any more: a todo that was finished before anybody could be told, an invoice
    that was voided, a reminder of one that is paid.
    """
    todo = db.session.get(Todo, message.todo_id) if message.todo_id else None
    invoice = db.session.get(Invoice, message.invoice_id) if message.invoice_id else None
    if invoice is not None:
        is_settled = message.kind == "invoice_reminder" and invoice.rest_cents <= 0
        return invoice.document_state is DocumentState.VOID or is_settled
    return message.channel is Channel.CHAT and todo is not None and not todo.is_open


GATHERED: Mapping[str, Callable[[Message, Settings, datetime], Facts]] = {
    "order_received": with_link,
    "hc_oig_screening": with_link,
    "hc_compliance_bundle": with_link,
    "intake_needed": with_link,
    "cancel_confirmation": about_order,
    "invoice_sent": about_invoice,
    "invoice_reminder": about_invoice,
    "subscription_canceled": about_subscription,
    "invite": about_account,
    "password_reset": about_account,
    "todo_opened": about_todo,
}
