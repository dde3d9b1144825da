"""Taking orders, their payments, states, answers and ends (spec CHK-03, CHK-06, CHK-07, INT-03)."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import catalog, orders
from dashboard.catalog import SERVICES
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.intake import Intake
from dashboard.models import (
    AuditEvent,
    Job,
    Message,
    Order,
    OrderSource,
    OrderStatus,
    PaymentStatus,
    Todo,
    TodoStatus,
)
from dashboard.orders import fulfillment, states
from dashboard.orders.payments import CanceledOrder
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.sales import GIVEN, ZONE, sell

pytestmark = pytest.mark.usefixtures("app")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_an_order_keeps_the_terms_it_was_sold_on(service: catalog.Service) -> None:
    with writing():
        order = sell(service.slug)
    assert (order.price_cents, order.amount_cents) == (service.price_cents, service.price_cents)
    assert order.billing_interval == service.billing_interval
    assert order.allowed_methods == ["card", "ach"]
    assert (order.payment_status, order.status) == (PaymentStatus.UNPAID, OrderStatus.PENDING)


def test_an_order_number_is_long_and_readable() -> None:
    with writing():
        numbers = {sell(entry_key=str(turn)).order_number for turn in range(50)}
    assert len(numbers) == 50
    assert all(re.fullmatch("CO-[0-9A-HJKMNP-TV-Z]{10}", number) for number in numbers)


@pytest.mark.both
def test_one_entry_is_one_order_from_eight_threads_at_once(app: Flask) -> None:
    def enter(_: int) -> str:
        with app.app_context(), writing():
            return sell(entry_key="the same form").order_number

    with ThreadPoolExecutor(8) as threads:
        numbers = set(threads.map(enter, range(8)))
    assert len(numbers) == 1
    assert counted(Order) == counted(Message) == 1


def test_a_method_that_the_service_does_not_allow_changes_nothing() -> None:
    with pytest.raises(orders.MethodNotAllowed) as refused, writing():
        sell(method="cash")
    assert (refused.value.status, refused.value.code) == (422, "METHOD_NOT_ALLOWED")
    assert counted(Order) == counted(Message) == counted(AuditEvent) == 0


def test_a_dump_holds_no_name_address_or_answer() -> None:
    with writing():
        sell()
    with reading() as session:
        row = session.execute(select(*Order.__table__.c)).mappings().one()
        written = repr(dict(row)) + repr(session.scalars(select(AuditEvent.changes)).all())
    assert "Demo Family Practice" not in written
    assert "office@example.test" not in written
    assert "Dr. Sample Provider" not in written


def test_an_unpaid_order_waits_for_its_money() -> None:
    with writing():
        order = sell()
    assert kinds_asked() == {"mail.send"}
    with pytest.raises(fulfillment.NotPaid), writing():
        fulfillment.dispatch(again(order), zone=ZONE, now=NOW)
    assert counted(Todo) == 0


def test_an_order_paid_offline_is_active_and_dispatched() -> None:
    with writing():
        order = sell(paid_note="check 7")
    assert (order.payment_status, order.status) == (PaymentStatus.PAID, OrderStatus.ACTIVE)
    assert (order.paid_at, order.payment_note) == (NOW, "check 7")
    with reading() as session:
        job = session.scalars(select(Job).where(Job.kind == "orders.dispatch")).one()
    assert (job.key, job.ids, job.order_number) == (
        f"dispatch:{order.order_number}", {"order_id": order.id}, order.order_number,
    )  # fmt: skip


def test_a_payment_is_recorded_once() -> None:
    with writing():
        order = sell()
        assert orders.record_payment(order, method="ach", note="wire 1", paid_at=NOW, now=NOW)
    later = NOW + timedelta(days=1)
    with writing():
        order = again(order)
        assert not orders.record_payment(order, method="card", note="wire 2", paid_at=later, now=later)
    assert (order.paid_at, order.method, order.payment_note) == (NOW, "ach", "wire 1")


def test_a_payment_from_the_future_is_refused() -> None:
    with pytest.raises(Invalid) as refused, writing():
        orders.record_payment(sell(), method="ach", note="w", paid_at=NOW + timedelta(days=1), now=NOW)
    assert refused.value.field == "paid_on"


def test_a_canceled_order_takes_no_payment() -> None:
    with writing():
        order = sell()
        orders.cancel(order, cause="duplicate", now=NOW)
    with pytest.raises(CanceledOrder), writing():
        orders.record_payment(again(order), method="ach", note="w", paid_at=NOW, now=NOW)


def test_canceling_stops_open_work_and_tells_the_client_once() -> None:
    with writing():
        order = sell(paid_note="check 7")
        todo = fulfillment.dispatch(order, zone=ZONE, now=NOW)
    with writing():
        order = again(order)
        assert orders.cancel(order, cause="client_request", now=NOW)
        assert not orders.cancel(order, cause="duplicate", now=NOW)
    assert (order.cancel_cause, order.canceled_at) == ("client_request", NOW)
    assert todo is not None
    assert saved(todo).status is TodoStatus.CANCELED
    assert messages("cancel_confirmation") == 1


def test_what_recurs_ends_with_the_period_that_was_paid() -> None:
    with writing():
        order = sell("oig-sam-screening", paid_note="check 7")
        todo = fulfillment.dispatch(order, zone=ZONE, now=NOW)
        orders.cancel(order, cause="client_request", now=NOW)
    assert todo is not None
    assert todo.is_open


def test_a_first_dispatch_after_the_cancellation_opens_nothing() -> None:
    with writing():
        order = sell(paid_note="check 7")
        orders.cancel(order, cause="duplicate", now=NOW)
        assert fulfillment.dispatch(order, zone=ZONE, now=NOW) is None


def test_states_go_on_as_the_closed_tables_say_and_no_other_way() -> None:
    for table, ask in ((states.STATUS, states.next_status), (states.PAYMENT, states.next_payment)):
        for old, new in product(table, table):
            if new is old or new in table[old]:
                assert ask(old, new) is new
            else:
                with pytest.raises(states.TransitionRefused, match=states.worded(old)):
                    ask(old, new)


def test_canceled_is_the_end() -> None:
    assert not states.STATUS[OrderStatus.CANCELED]
    assert PaymentStatus.UNPAID not in frozenset().union(*states.PAYMENT.values())


def test_missing_answers_reach_the_todo_that_waits_for_them() -> None:
    with writing():
        order = sell(intake=Intake(provider_name="Dr. Sample Provider"), paid_note="check 7")
        todo = opened(order)
    assert todo.intake_incomplete
    assert "INTAKE INCOMPLETE: NPI, Email missing" in todo.description
    with writing():
        order = again(order)
        assert orders.change_intake(order, GIVEN, now=NOW) == ["npi", "email", "surrogate_access"]
    todo = saved(todo)
    assert not todo.intake_incomplete
    assert (todo.npi, order.npi) == (GIVEN.npi, GIVEN.npi)
    assert f"(NPI {GIVEN.npi})" in todo.title
    assert "INTAKE INCOMPLETE" not in todo.description


def test_finished_work_stays_as_it_was() -> None:
    with writing():
        order = sell(intake=Intake(), paid_note="check 7")
        todo = opened(order)
        todo.status = TodoStatus.DONE
    said = todo.title
    with writing():
        orders.change_intake(again(order), GIVEN, now=NOW)
    assert saved(todo).title == said


def test_the_trail_of_changed_answers_names_fields_only() -> None:
    with writing():
        order = sell(intake=Intake())
        orders.change_intake(order, Intake(npi="1234567893", more={"Jane Roe": "x"}), now=NOW)
        assert orders.change_intake(order, orders.intake_of(order), now=NOW) == []
    with reading() as session:
        told = session.scalars(select(AuditEvent.changes).where(AuditEvent.action == "intake changed")).all()
    assert [json.loads(each) for each in told if each] == [{"fields": ["npi", "more"]}]


def opened(order: Order) -> Todo:
    todo = fulfillment.dispatch(order, zone=ZONE, now=NOW)
    assert todo is not None
    return todo


def again(row: Any) -> Any:
    """The row as the open unit has it."""
    return db.session.get(type(row), row.id)


def saved(row: Any) -> Any:
    """The row as it was committed."""
    with reading():
        return again(row)


def counted(table: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def messages(kind: str) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(Message).where(Message.kind == kind)) or 0


def kinds_asked() -> set[str]:
    with reading() as session:
        return set(session.scalars(select(Job.kind)))


def test_a_source_is_kept() -> None:
    with writing():
        assert sell(source=OrderSource.PUBLIC).source is OrderSource.PUBLIC
