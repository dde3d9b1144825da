"""Go to: a number or a code leads straight to its page, everything else to the queue's search."""

from __future__ import annotations

import pytest
from flask import Flask

from dashboard.models import Invoice, Order
from dashboard.unit import writing
from tests.support import invoicing
from tests.support.sales import sell
from tests.support.signed_in import signed_in


def led_to(app: Flask, sought: str) -> str:
    answer = signed_in(app)[0].get("/staff/go", query_string={"q": sought})
    assert answer.status_code == 303
    return answer.location


@pytest.fixture
def order(app: Flask) -> Order:
    with writing():
        return sell()


@pytest.fixture
def invoice(app: Flask) -> Invoice:
    with writing():
        return invoicing.issued(invoicing.office())


def test_an_order_s_number_leads_to_it_however_it_is_typed(app: Flask, order: Order) -> None:
    assert led_to(app, f" {order.order_number.lower()} ") == f"/staff/orders/{order.order_number}"


def test_an_office_s_code_leads_to_the_office(app: Flask, invoice: Invoice) -> None:
    code = (invoice.number or "").split("-")[0]
    assert led_to(app, code.lower()) == f"/staff/offices/{invoice.office_id}"


def test_an_invoice_s_number_leads_to_the_invoice(app: Flask, invoice: Invoice) -> None:
    assert led_to(app, invoice.number or "") == f"/staff/invoices/{invoice.id}"


def test_everything_else_is_searched_for_in_the_queue(app: Flask) -> None:
    assert led_to(app, "1234567893") == "/staff/queue?view=open&q=1234567893"
    assert led_to(app, " ") == "/staff/queue"
