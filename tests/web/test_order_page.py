"""The page of one order and what is done there: paying, answering, canceling, the client's link (POR-01)."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator

import pytest
import structlog
from flask import Flask
from sqlalchemy import select, update

from dashboard import clock
from dashboard.extensions import db
from dashboard.intake import Intake, RosterMember
from dashboard.intake.values import day
from dashboard.models import ClientLink, Message, Order, OrderStatus, PaymentStatus
from dashboard.orders import client_links
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.outbox import actions
from tests.support.sales import work
from tests.support.signed_in import signed_in
from tests.support.staff import Browser, counted, fresh, order_of, page_of


@pytest.fixture
def staff(app: Flask) -> Browser:
    return Browser(signed_in(app)[0])


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


def test_staff_are_asked_about_the_client_not_as_the_client(staff: Browser) -> None:
    shown = staff.get(f"{page_of(order_of())}/intake")
    assert "Granted by the client in their CMS account" in shown
    assert "in your name" not in shown


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
    secrets = ("000-12-3456", "born 31 Jan 1970", "000-98-7654")
    masked = staff.get(page_of(order))
    assert not any(secret in masked for secret in (*secrets, "1970"))
    assert "Taxonomy" in masked
    clear = staff.post(f"{page_of(order)}/disclosure").get_data(as_text=True)
    assert all(secret in clear for secret in secrets)
    assert actions().count("sensitive value shown") == 1


def test_only_who_may_sees_it(app: Flask) -> None:
    order = order_of(slug="nppes-update", intake=SECRET)
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert "Show what is masked" not in looker.get(page_of(order))
    assert looker.post(f"{page_of(order)}/disclosure").status_code == 403


def test_who_saves_second_sees_the_saved_answers_and_that_is_on_the_trail(staff: Browser) -> None:
    order = order_of(slug="nppes-update", intake=SECRET)
    late = staff.post(f"{page_of(order)}/intake", version="0", npi="1234567893", provider_name="Dr. Sample")
    assert late.status_code == 409
    assert actions().count("sensitive value shown") == 1


ACTS = ("payment", "intake", "cancellation", "client-link", "client-link/revocation")


@pytest.mark.parametrize("act", ACTS)
def test_who_may_only_look_changes_nothing(app: Flask, act: str) -> None:
    order = order_of()
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert '<form class="form"' not in looker.get(page_of(order))
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


@pytest.mark.both
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


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What is logged meanwhile."""
    before, lines = structlog.get_config()["logger_factory"], io.StringIO()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(lines))
    yield lines
    structlog.configure(logger_factory=before)


def test_what_breaks_is_logged_with_the_orders_number(staff: Browser, log_lines: io.StringIO) -> None:
    order = order_of()
    with writing() as session:
        session.execute(update(Order).values(_intake_data=b"damaged"))
    assert staff.client.get(page_of(order)).status_code == 500
    staff.client.get("/staff/orders/Demo-Family-Practice")
    (line,) = log_lines.getvalue().splitlines()
    assert json.loads(line)["order_number"] == order.order_number
    assert "Demo" not in line
    assert "order_number" not in structlog.contextvars.get_contextvars()
