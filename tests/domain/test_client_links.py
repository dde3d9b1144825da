"""A client's link opens one order, for 30 days, until it is taken back (spec POR-01)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.intake import Intake
from dashboard.models import AuditEvent, ClientLink, Message, Order
from dashboard.orders import client_links
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support.sales import sell

pytestmark = pytest.mark.usefixtures("app")
LAST_SECOND = NOW + timedelta(days=30, seconds=-1)


def linked() -> tuple[Order, str]:
    with writing():
        order = sell()
        return order, client_links.issue(order, NOW)


def test_it_opens_its_order_until_thirty_days_are_over() -> None:
    order, token = linked()
    with writing():
        assert client_links.opened(token, LAST_SECOND).id == order.id
    refused(token, LAST_SECOND + timedelta(seconds=1))


def test_only_its_hash_is_kept() -> None:
    _, token = linked()
    with reading() as session:
        kept = session.scalars(select(ClientLink.digest)).one()
    assert len(token) == 43
    assert token.encode() not in kept


def test_only_the_first_opening_is_on_the_trail() -> None:
    _, token = linked()
    for _ in range(3):
        with writing():
            client_links.opened(token, NOW)
    assert actions().count("link opened") == 1


@pytest.mark.both
def test_one_taken_back_opens_nothing() -> None:
    order, token = linked()
    with writing():
        order = db.session.get_one(Order, order.id)
        assert client_links.good_links(order, NOW) == 1
        assert client_links.revoke(order, NOW) == 1
        assert client_links.revoke(order, NOW) == 0
    refused(token, NOW)
    assert actions().count("link revoked") == 1


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "\ud800", "A" * 100_000])
def test_any_other_text_opens_nothing(token: str) -> None:
    linked()
    refused(token, NOW)


def test_it_is_mailed_again_to_the_same_address_only() -> None:
    order, _ = linked()
    with writing():
        message = client_links.send_again(db.session.get_one(Order, order.id), NOW)
    assert message.recipient == "office@example.test"
    with reading() as session:
        assert len(session.scalars(select(Message)).all()) == 1


def test_without_an_address_nothing_is_mailed_again() -> None:
    with pytest.raises(client_links.NoAddress), writing():
        client_links.send_again(sell(intake=Intake(), customer_email=None), NOW)


def refused(token: str, now: object) -> None:
    with pytest.raises(NotFound), reading():
        client_links.find(token, now)  # type: ignore[arg-type]


def actions() -> list[str]:
    with reading() as session:
        return list(session.scalars(select(AuditEvent.action)))
