"""The orders' pages: entering, paying, answering, canceling, the client's link (CHK-06, INT-02, POR-01)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from dashboard import clock
from dashboard.catalog import SERVICES
from dashboard.extensions import db
from dashboard.intake import Intake, RosterMember
from dashboard.intake.values import day
from dashboard.models import AuditEvent, ClientLink, Job, Message, Office, Order, OrderStatus, PaymentStatus
from dashboard.orders import client_links
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.sales import GIVEN, sell, work
from tests.support.signed_in import csrf_of, signed_in

ENTRY = {
    "customer_name": "Demo Family Practice",
    "customer_email": "office@example.test",
    "npi": "1234567893",
    "provider_name": "Dr. Sample Provider",
    "method": "card",
    "office_id": "0",
    "entry_key": "the form's own key",
}


@dataclass
class Browser:
    """Somebody of the staff at their browser; forms carry the CSRF token."""

    client: FlaskClient

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return str(answer.get_data(as_text=True))

    def post(self, path: str, **form: Any) -> TestResponse:
        return self.client.post(path, data={**form, "csrf_token": csrf_of(self.client)})


@pytest.fixture
def staff(app: Flask) -> Browser:
    return Browser(signed_in(app)[0])


def order_of(**terms: Any) -> Order:
    with writing():
        return sell(now=clock.now(), **terms)


def page_of(order: Order) -> str:
    return f"/staff/orders/{order.order_number}"


def fresh(order: Order) -> Order:
    with reading() as session:
        return session.get_one(Order, order.id)


def counted(table: type[Any]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


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
    for query in ("status=x&payment=9", "after=zz-zz", "before=%00", "q=%25_%00", "q=%F0%9F%98%80", "after=1-2"):
        staff.get(f"/staff/orders?{query}")


def test_recording_a_payment_starts_the_work(staff: Browser) -> None:
    order = order_of()
    answer = staff.post(f"{page_of(order)}/payment", version="1", method="ach", payment_note="wire 9")
    assert answer.status_code == 303
    paid = fresh(order)
    assert (paid.payment_status, paid.status, paid.method) == (PaymentStatus.PAID, OrderStatus.ACTIVE, "ach")
    work("orders.dispatch")
    shown = staff.get(page_of(order))
    assert "wire 9" in shown
    assert "Record a payment" not in shown


def test_a_payment_from_tomorrow_or_without_a_note_is_refused(staff: Browser) -> None:
    order = order_of()
    assert staff.post(f"{page_of(order)}/payment", version="1", method="ach").status_code == 422
    far = {"version": "1", "method": "ach", "payment_note": "wire", "paid_on": "2126-01-01"}
    assert staff.post(f"{page_of(order)}/payment", **far).status_code == 422
    assert fresh(order).payment_status is PaymentStatus.UNPAID


def test_who_saves_second_sees_both_and_loses_nothing(staff: Browser) -> None:
    order = order_of()
    staff.post(f"{page_of(order)}/payment", version="1", method="ach", payment_note="wire 9")
    late = staff.post(f"{page_of(order)}/payment", version="1", method="card", payment_note="typed with care")
    assert late.status_code == 409
    body = late.get_data(as_text=True)
    assert "typed with care" in body
    assert "wire 9" in body
    assert fresh(order).method == "ach"


def test_answers_are_edited_over_the_version_that_was_shown(staff: Browser) -> None:
    order = order_of(intake=Intake(provider_name="Dr. Sample Provider", specialty="Old"))
    typed = {"version": "1", "npi": "1234567893", "provider_name": "Dr. Sample Provider", "specialty": ""}
    assert staff.post(f"{page_of(order)}/intake", **typed).status_code == 303
    assert fresh(order).npi == "1234567893"
    assert "specialty" not in fresh(order).intake_values()
    late = staff.post(f"{page_of(order)}/intake", **typed | {"specialty": "typed with care"})
    assert late.status_code == 409
    assert "typed with care" in late.get_data(as_text=True)


def test_an_edited_roster_comes_back_as_it_was(staff: Browser) -> None:
    roster = (RosterMember('Demo, "Ann"', ("Demo Anna", "Demo A"), "1234567893", day("1970-01-01")),)
    order = order_of(slug="oig-sam-screening", intake=Intake(npi="1234567893", roster=roster))
    shown = staff.get(f"{page_of(order)}/intake")
    told = re.search(r"<textarea[^>]*name=\"roster\"[^>]*>(.*?)</textarea>", shown, re.S)
    assert told
    text = told[1].replace("&#34;", '"').strip()
    staff.post(f"{page_of(order)}/intake", version="1", npi="1234567893", roster=text)
    assert fresh(order).intake_values()["roster"][0]["other_names"] == ["Demo Anna", "Demo A"]
    assert fresh(order).intake_values()["roster"][0]["name"] == 'Demo, "Ann"'


SECRET = Intake(
    npi="1234567893",
    changes="My SSN is 000-12-3456",
    roster=(RosterMember("Demo Ann", date_of_birth=day("1970-01-31")),),
    more={"owner": {"ssn": "000-98-7654"}, "Taxonomy": "demo"},
)


def test_what_is_sensitive_is_masked_until_it_is_asked_for(staff: Browser) -> None:
    order = order_of(slug="nppes-update", intake=SECRET)
    secrets = ("000-12-3456", "1970-01-31", "000-98-7654")
    masked = staff.get(page_of(order))
    assert not any(secret in masked for secret in secrets)
    assert "Taxonomy" in masked
    clear = staff.post(f"{page_of(order)}/disclosure").get_data(as_text=True)
    assert all(secret in clear for secret in secrets)
    assert actions().count("sensitive value shown") == 1


def test_only_who_may_sees_it(app: Flask) -> None:
    order = order_of(slug="nppes-update", intake=SECRET)
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert "Show what is masked" not in looker.get(page_of(order))
    assert looker.post(f"{page_of(order)}/disclosure").status_code == 403


ACTS = ("payment", "intake", "cancellation", "client-link", "client-link/revocation")


@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_look_changes_nothing(app: Flask, act: str) -> None:
    order = order_of()
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert "<form class=\"form\"" not in looker.get(page_of(order))
    assert looker.post(f"{page_of(order)}/{act}", version="1").status_code == 403


def test_an_order_is_canceled_only_by_who_means_it(staff: Browser) -> None:
    order = order_of()
    assert staff.post(f"{page_of(order)}/cancellation", version="1", cause="duplicate").status_code == 422
    done = staff.post(f"{page_of(order)}/cancellation", version="1", cause="duplicate", sure="y")
    assert done.status_code == 303
    assert (fresh(order).status, fresh(order).cancel_cause) == (OrderStatus.CANCELED, "duplicate")


def test_the_clients_link_is_sent_again_and_taken_back(staff: Browser) -> None:
    order = order_of()
    with writing():
        client_links.issue(db.session.get_one(Order, order.id), NOW)
        client_links.issue(db.session.get_one(Order, order.id), clock.now())
    assert staff.post(f"{page_of(order)}/client-link").status_code == 303
    assert counted(Message) == 1
    assert staff.post(f"{page_of(order)}/client-link/revocation").status_code == 303
    with reading() as session:
        good = (ClientLink.revoked_at.is_(None), ClientLink.expires_at > clock.now())
        assert not session.scalars(select(ClientLink).where(*good)).all()


def test_an_unknown_order_is_a_404(staff: Browser) -> None:
    assert staff.client.get("/staff/orders/CO-0000000000").status_code == 404
    assert staff.client.get("/staff/orders/CO-0000000000/intake").status_code == 404


def test_an_order_of_a_service_we_no_longer_sell_is_still_shown(staff: Browser) -> None:
    order = order_of(paid_note="check 7")
    with writing() as session:
        session.get_one(Order, order.id).service_slug = "seventh-service"
    work("orders.dispatch")
    assert "There is no service “seventh-service”" in staff.get(page_of(order))


def test_the_page_tells_the_whole_story(staff: Browser) -> None:
    order = order_of(slug="provider-compliance-bundle", paid_note="check 7")
    work("orders.dispatch", "orders.spawn", "mail.send")
    shown = staff.get(page_of(order))
    for part in ("Order created", "Order changed", "Todo opened", "Job orders.dispatch"):
        assert part in shown
    assert "no mail server set" in shown
    with reading() as session:
        linked = session.scalars(select(Order.order_number).where(Order.bundle_order_id == order.id)).one()
    assert linked in shown
    assert order.order_number in staff.get(f"/staff/orders/{linked}")


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


def actions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent.action)))
