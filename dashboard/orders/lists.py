"""Finding orders: one by its number, many by what the list's URL says, in keyset pages, newest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, select

from dashboard.capped import how_many
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Order, OrderStatus, PaymentStatus
from dashboard.orders.terms import NUMBER_LENGTH, email_index
from dashboard.todos import keyset

NEWEST = keyset.Sort((Order.created_at, Order.id), descending=True)
SIZE = 40
PREFIX = "CO-"


def by_number(number: str, *, lock: bool = False) -> Order:
    """The order of this number; with `lock`, fresh and nobody else's until the unit ends.

    Raises:
        NotFound: there is none.
    """
    known = select(Order).where(Order.order_number == number)
    if lock:
        known = known.with_for_update().execution_options(populate_existing=True)
    order: Order | None = db.session.scalar(known)
    if order is None:
        raise NotFound("order")
    return order


def conditions(told: Mapping[str, str]) -> list[ColumnElement[bool]]:
    """What an order must meet: `status`, `payment`, `service`, and `q`, a number, an NPI or an email."""
    return list(_conditions(told))


def _conditions(told: Mapping[str, str]) -> Iterator[ColumnElement[bool]]:
    if "status" in told:
        yield Order.status == OrderStatus(told["status"])
    if "payment" in told:
        yield Order.payment_status == PaymentStatus(told["payment"])
    if "service" in told:
        yield Order.service_slug == told["service"]
    if "q" in told:
        yield sought(told["q"])


def sought(text: str) -> ColumnElement[bool]:
    """An email is found whole, a number or an NPI also by its beginning; names are sealed."""
    text = text.replace("\0", "")
    if "@" in text:
        return Order.customer_email_index == email_index(text)
    if text.isdecimal() and text.isascii():
        return Order.npi == text if len(text) == 10 else Order.npi.startswith(text)
    number = PREFIX + text.upper().removeprefix(PREFIX)
    whole = len(number) == len(PREFIX) + NUMBER_LENGTH
    return Order.order_number == number if whole else Order.order_number.startswith(number, autoescape=True)


def page(meets: list[ColumnElement[bool]], *, after: str | None, before: str | None) -> keyset.Page:
    """One page of rows with an `Order` each, and the cursors that lead on."""
    wanted = select(Order.created_at, Order.id, Order).where(*meets)
    keys = {"after": keyset.key_in(after, NEWEST), "before": keyset.key_in(before, NEWEST)}
    return keyset.page(wanted, NEWEST, **keys, size=SIZE)


def count(meets: list[ColumnElement[bool]]) -> int:
    """How many there are, up to 1,001."""
    return db.session.scalar(how_many(Order, *meets)) or 0
