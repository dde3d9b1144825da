"""What the page of one order is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from flask_wtf import FlaskForm
from sqlalchemy import select

from dashboard import clock
from dashboard import intake as intakes
from dashboard.catalog import Method
from dashboard.extensions import db
from dashboard.intake import LABELS
from dashboard.models import Document, Job, Message, Office, Order, Todo
from dashboard.notifications import label_of
from dashboard.orders import bundle, client_links, lists, states, terms
from dashboard.rights import Permission
from dashboard.todos.hands import hands
from dashboard.unit import reading
from dashboard.web.access import me
from dashboard.web.staff import order_story
from dashboard.web.staff.order_answers import facts, has_sensitive
from dashboard.web.staff.orders import service_name
from dashboard.web.staff.shapes import order_href, rows_of
from forms.orders import METHODS, CancelOrderForm, LinkForm, PaymentForm

MOST = 100


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page: blank, but for the one that came back with something to mend."""

    payment: PaymentForm
    cancel: CancelOrderForm
    link: LinkForm

    @classmethod
    def blank(cls) -> Forms:
        return cls(PaymentForm(formdata=None), CancelOrderForm(formdata=None), LinkForm(formdata=None))

    def with_one(self, sent: FlaskForm) -> Forms:
        """This form in the place of its blank."""
        mine = [name for name in self.__slots__ if type(getattr(self, name)) is type(sent)]
        return replace(self, **dict.fromkeys(mine, sent))


@dataclass(frozen=True, slots=True)
class May:
    """What the person signed in may do to this order now."""

    record_payment: bool
    edit_intake: bool
    cancel: bool
    send_link: bool
    see_sensitive: bool


@dataclass(frozen=True, slots=True)
class Rows:
    """What hangs on an order, as the database has it."""

    order: Order
    office: Office | None
    todos: list[Any]
    documents: list[Document]
    messages: list[Message]
    jobs: list[Job]
    linked: list[Order]
    links: int
    story: list[Any] = field(default_factory=list)


def gathered(number: str) -> Rows:
    """Everything the page shows, read in one unit."""
    with reading():
        order, people = lists.by_number(number), hands()
        todos = _newest(Todo, Todo.order_id == order.id)
        messages = _newest(Message, Message.order_id == order.id)
        jobs = _newest(Job, Job.order_number == number)
        return Rows(
            order=order,
            office=db.session.get(Office, order.office_id) if order.office_id else None,
            todos=rows_of(todos, people.names),
            documents=_newest(Document, Document.order_id == order.id),
            messages=messages,
            jobs=jobs,
            linked=_linked(order),
            links=client_links.good_links(order, clock.now()),
            story=order_story.entries(order, todos, messages, jobs, people),
        )


def _newest(table: Any, which: Any) -> list[Any]:
    return list(db.session.scalars(select(table).where(which).order_by(table.id.desc()).limit(MOST)))


def _linked(order: Order) -> list[Order]:
    """The bundle it belongs to, and the orders it spawned."""
    above = [db.session.get_one(Order, order.bundle_order_id)] if order.bundle_order_id else []
    return [*above, *bundle.spawned_by(order)]


def context(number: str, forms: Forms, *, revealed: bool = False) -> dict[str, Any]:
    """All that staff/order.html is given; `revealed` shows what otherwise is masked."""
    rows = gathered(number)
    order, intake = rows.order, terms.intake_of(rows.order)
    forms.payment.method.choices = ways_to_pay(order)
    for form in (forms.payment, forms.cancel):
        form.version.data = form.version.data or order.version
    return {
        "order": order,
        "href": order_href(number),
        "service_name": service_name(order.service_slug),
        "service_name_of": service_name,
        "label_of": label_of,
        "methods": ways_to_pay(order),
        "facts": list(facts(intake, order.service_slug, revealed=revealed)),
        "has_masked": has_sensitive(intake) and not revealed,
        "missing": [LABELS[name] for name in intakes.missing_required(intake)],
        "rows": rows,
        "forms": forms,
        "may": may(order),
    }


def ways_to_pay(order: Order) -> dict[str, str]:
    """The methods it was sold with, in words."""
    return {method: METHODS[Method(method)] for method in order.allowed_methods}


def may(order: Order) -> May:
    can_change = me().may(Permission.CHANGE_ORDERS)
    payable = states.may_be_paid(order.status, order.payment_status)
    return May(
        record_payment=payable and me().may(Permission.RECORD_PAYMENTS),
        edit_intake=can_change and states.may_be_canceled(order.status),
        cancel=can_change and states.may_be_canceled(order.status),
        send_link=me().may(Permission.RESEND_MESSAGES),
        see_sensitive=me().may(Permission.SEE_SENSITIVE),
    )
