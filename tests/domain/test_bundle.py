"""A bundle is one order, five items, one spawned revalidation, one first screening (spec CAT-03, FUL-07)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dashboard import orders, todos
from dashboard.extensions import db
from dashboard.intake import Intake
from dashboard.models import Message, Order, OrderSource, OrderStatus, PaymentStatus, Todo
from dashboard.orders import bundle
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.sales import GIVEN, sell, work

pytestmark = pytest.mark.usefixtures("app")
BACKGROUND = ("orders.dispatch", "orders.spawn")


def sold(intake: Intake = GIVEN) -> Order:
    with writing():
        order = sell("provider-compliance-bundle", intake=intake, paid_note="check 7")
    work(*BACKGROUND)
    return order


def test_it_spawns_one_revalidation_paid_with_it_for_nothing_more() -> None:
    order = sold()
    with writing():
        linked = bundle.spawn(db.session.get_one(Order, order.id), "npi-revalidation", NOW)
    assert len(every(Order)) == 2
    assert (linked.service_slug, linked.bundle_order_id) == ("npi-revalidation", order.id)
    assert (linked.amount_cents, linked.price_cents, linked.paid_at) == (0, 0, order.paid_at)
    assert (linked.payment_status, linked.status) == (PaymentStatus.PAID, OrderStatus.ACTIVE)
    assert (linked.source, linked.customer_name) == (OrderSource.BUNDLE, order.customer_name)


def test_each_of_the_two_has_its_todo_and_the_client_one_mail() -> None:
    sold()
    assert sorted(todo.service_slug or "" for todo in every(Todo)) == [
        "npi-revalidation", "provider-compliance-bundle",
    ]  # fmt: skip
    mails = [message.kind for message in every(Message) if message.todo_id is None]
    assert mails == ["hc_compliance_bundle"]


def test_a_bundle_that_was_canceled_at_once_spawns_nothing() -> None:
    with writing():
        order = sell("provider-compliance-bundle", paid_note="check 7")
    work("orders.dispatch", rounds=1)
    with writing():
        orders.cancel(db.session.get_one(Order, order.id), cause="client", now=NOW)
    work(*BACKGROUND)
    assert [each.status for each in every(Order)] == [OrderStatus.CANCELED]


def test_its_first_screening_is_an_item_and_there_is_no_second() -> None:
    sold()
    of_bundle = next(todo for todo in every(Todo) if todo.service_slug == "provider-compliance-bundle")
    assert [item["key"] for item in of_bundle.checklist] == [
        "watch", "first_screening", "nppes", "reminder", "offer",
    ]  # fmt: skip
    assert "oig-sam-screening" not in {order.service_slug for order in every(Order)}


def test_it_cannot_be_completed_with_an_open_item() -> None:
    sold()
    of_bundle = next(todo for todo in every(Todo) if todo.service_slug == "provider-compliance-bundle")
    assert list(todos.blocked_by(of_bundle)) == ["5 checklist items are open."]


def test_its_answers_answer_for_what_it_spawned() -> None:
    order = sold(Intake(provider_name="Dr. Sample Provider"))
    with writing():
        orders.change_intake(db.session.get_one(Order, order.id), GIVEN, now=NOW)
    assert [each.npi for each in every(Order)] == ["1234567893", "1234567893"]
    assert not any(todo.intake_incomplete for todo in every(Todo))


def test_canceling_it_cancels_what_it_spawned() -> None:
    order = sold()
    with writing():
        orders.cancel(db.session.get_one(Order, order.id), cause="client_request", now=NOW)
    assert {each.status for each in every(Order)} == {OrderStatus.CANCELED}
    assert not any(todo.is_open for todo in every(Todo))
    assert [each.kind for each in every(Message)].count("cancel_confirmation") == 1


def every(table: type) -> list:  # type: ignore[type-arg]
    with reading() as session:
        return list(session.scalars(select(table).order_by(table.id)))  # type: ignore[attr-defined]
