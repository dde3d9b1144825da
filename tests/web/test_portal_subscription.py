"""The portal's page of the subscription, and canceling it: confirmed, and mailed back (OFF-01, POR-01)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.billing import subscriptions
from dashboard.models import Message, Office
from dashboard.rights import Role
from dashboard.unit import reading
from tests.support.outbox import actions, every
from tests.support.pages import posted
from tests.support.portal import an_office, at_the_portal

pytestmark = pytest.mark.both

PAGE = "/portal/subscription"


@pytest.fixture
def office(app: Flask) -> Office:
    return an_office()


@pytest.fixture
def admin(app: Flask, office: Office) -> FlaskClient:
    return at_the_portal(app, office)


def test_it_tells_plan_state_and_the_next_three_months(admin: FlaskClient) -> None:
    html = admin.get(PAGE).text

    assert "Active</span>" in html
    assert '<span class="money">$2.00</span> for each active patient a month' in html
    assert html.count("begins on 1 ") == 3


def test_canceling_asks_first(admin: FlaskClient, office: Office) -> None:
    assert "We confirm it by mail." in admin.get(f"{PAGE}/cancellation").text

    answer = posted(admin, f"{PAGE}/cancellation", version=str(office.version))

    assert answer.status_code == 422
    assert "Tick this to cancel" in answer.text
    assert not is_ending(office)


def test_canceled_it_ends_with_the_month_and_that_is_mailed_back(admin: FlaskClient, office: Office) -> None:
    answer = posted(admin, f"{PAGE}/cancellation", version=str(office.version), sure="y")
    html = admin.get(PAGE).text

    assert answer.status_code == 303
    assert is_ending(office)
    assert "Ends on" in html
    assert "Cancel the subscription" not in html
    told = [message for message in every(Message) if message.kind == "subscription_canceled"]
    assert "billing@example.test" in {message.recipient for message in told}
    assert len(told) == 2, "the billing address, and whoever canceled"
    assert "subscription canceled" in actions()


def test_a_form_of_an_older_state_cancels_nothing(admin: FlaskClient, office: Office) -> None:
    answer = posted(admin, f"{PAGE}/cancellation", version=str(office.version - 1), sure="y")

    assert answer.status_code == 409
    assert not is_ending(office)


def test_twice_canceled_says_that_nothing_is_running(admin: FlaskClient, office: Office) -> None:
    posted(admin, f"{PAGE}/cancellation", version=str(office.version), sure="y")

    assert admin.get(f"{PAGE}/cancellation").status_code == 409


def test_a_member_cannot_cancel(app: Flask, office: Office) -> None:
    member = at_the_portal(app, office, Role.OFFICE_MEMBER)

    answer = posted(member, f"{PAGE}/cancellation", version=str(office.version), sure="y")

    assert answer.status_code == 403
    assert "An administrator of your office can cancel" in member.get(PAGE).text
    assert not is_ending(office)


def is_ending(office: Office) -> bool:
    with reading():
        return subscriptions.ends_at(office) is not None
