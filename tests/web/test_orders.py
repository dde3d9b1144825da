"""Orders in a list, and entered by hand (CHK-03, CHK-06)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.catalog import SERVICES
from dashboard.intake import Intake
from dashboard.models import Job, Office, Order, PaymentStatus
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.sales import GIVEN, sell, work
from tests.support.signed_in import signed_in
from tests.support.staff import Browser, counted, order_of, page_of

ENTRY = {
    "customer_name": "Demo Family Practice",
    "customer_email": "office@example.test",
    "npi": "1234567893",
    "provider_name": "Dr. Sample Provider",
    "method": "card",
    "office_id": "0",
    "entry_key": "the form's own key",
}


@pytest.fixture
def staff(app: Flask) -> Browser:
    return Browser(signed_in(app)[0])


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_each_service_can_be_entered(staff: Browser, service: Any) -> None:
    assert service.name in staff.get(f"/staff/orders/new?service={service.slug}")
    answer = staff.post(f"/staff/orders?service={service.slug}", **ENTRY, surrogate_access="no")
    assert answer.status_code == 303
    shown = staff.get(answer.location)
    assert service.name in shown
    assert "Demo Family Practice" in shown


def test_what_was_paid_offline_is_dispatched_at_once(staff: Browser) -> None:
    staff.post("/staff/orders?service=npi-revalidation", **ENTRY, paid="y", payment_note="check 7")
    with reading() as session:
        order = session.scalars(select(Order)).one()
        assert session.scalars(select(Job.kind).where(Job.kind == "orders.dispatch")).all()
    assert (order.payment_status, order.payment_note) == (PaymentStatus.PAID, "check 7")
    work("orders.dispatch")
    assert "(NPI 1234567893)" in staff.get(page_of(order))


def test_sending_the_form_twice_enters_one_order(staff: Browser) -> None:
    places = {staff.post("/staff/orders?service=npi-revalidation", **ENTRY).location for _ in range(2)}
    assert len(places) == counted(Order) == 1


def test_a_wrong_entry_keeps_what_was_typed_and_enters_nothing(staff: Browser) -> None:
    wrong = ENTRY | {"npi": "1234567890", "specialty": "Typed with care"}
    answer = staff.post("/staff/orders?service=npi-revalidation", **wrong, paid="y")
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "check digit" in body
    assert "check number" in body
    assert "Typed with care" in body
    assert counted(Order) == 0


def test_a_method_outside_the_services_is_refused(staff: Browser) -> None:
    answer = staff.post("/staff/orders?service=npi-revalidation", **ENTRY | {"method": "cash"})
    assert answer.status_code == 422
    assert counted(Order) == 0


def test_an_unknown_service_is_named(staff: Browser) -> None:
    answer = staff.client.get("/staff/orders/new?service=seventh")
    assert answer.status_code == 404
    assert "seventh" in answer.get_data(as_text=True)


@pytest.mark.both
def test_orders_are_found_by_number_npi_email_and_state(staff: Browser) -> None:
    mine = order_of()
    other = order_of(
        slug="nppes-update",
        intake=Intake(npi="1003000126", email="x@example.test"),
        customer_email="second@example.test",
        paid_note="check 8",
    )
    looks = {
        f"q={mine.order_number}": mine, f"q={mine.order_number[3:8].lower()}": mine, "q=1234567893": mine,
        "q=10030": other, "q=SECOND@example.test": other, "status=active": other, "payment=unpaid": mine,
        "service=nppes-update": other,
    }  # fmt: skip
    for query, wanted in looks.items():
        shown = staff.get(f"/staff/orders?{query}")
        assert re.findall(r"<tr id=\"(CO-\w+)\"", shown) == [wanted.order_number], query


@pytest.mark.both
def test_the_list_goes_on_by_keys(staff: Browser) -> None:
    with writing():
        numbers = [sell(now=clock.now()).order_number for _ in range(45)]
    first = staff.get("/staff/orders")
    older = re.search(r'href="([^"]+after=[^"]+)" rel="next"', first)
    assert older
    second = staff.get(older[1].replace("&amp;", "&"))
    shown = [re.findall(r"<tr id=\"(CO-\w+)\"", each) for each in (first, second)]
    assert [len(each) for each in shown] == [40, 5]
    assert [*shown[0], *shown[1]] == numbers[::-1]


@pytest.mark.both
def test_a_list_with_nonsense_in_its_address_is_still_a_list(staff: Browser) -> None:
    order_of()
    for query in ("status=x&payment=9", "after=zz-zz", "before=%00", "q=%25_%00", "q=%F0%9F%98%80"):
        staff.get(f"/staff/orders?{query}")


def test_the_catalog_is_shown_whole(staff: Browser) -> None:
    shown = staff.get("/staff/settings/services")
    for service in SERVICES:
        assert service.slug in shown
        assert service.access_standard.replace("'", "&#39;") in shown
        assert all(item.label.replace("'", "&#39;") in shown for item in service.checklist)


def test_an_office_shows_its_orders(staff: Browser) -> None:
    with writing() as session:
        office = Office(code="DEMO-1", name="Demo Family Practice", time_zone="UTC", created_at=NOW)
        session.add(office)
        session.flush()
        order = sell(office=office, intake=GIVEN)
    assert "Demo Family Practice" in staff.get("/staff/offices")
    assert order.order_number in staff.get(f"/staff/offices/{office.id}")
    assert "DEMO-1" in staff.get(page_of(order))
