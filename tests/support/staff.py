"""Somebody of the staff at their browser, and the orders they look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dashboard import clock
from dashboard.models import Order
from dashboard.unit import reading, writing
from tests.support.sales import sell
from tests.support.signed_in import csrf_of


@dataclass
class Browser:
    """A signed-in client whose forms carry the CSRF token."""

    client: FlaskClient

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return str(answer.get_data(as_text=True))

    def post(self, path: str, **form: Any) -> TestResponse:
        return self.client.post(path, data={**form, "csrf_token": csrf_of(self.client)})


def order_of(**terms: Any) -> Order:
    """An order placed just now. Opens a unit of its own."""
    with writing():
        return sell(now=clock.now(), **terms)


def page_of(order: Order) -> str:
    return f"/staff/orders/{order.order_number}"


def fresh(order: Order) -> Order:
    """The order as it was saved."""
    with reading() as session:
        return session.get_one(Order, order.id)


def counted(table: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
