"""The link of an invoice opens that invoice alone, for 30 days, until it is taken back (POR-01)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from dashboard import client_links, clock
from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import ClientLink, Invoice, Order
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import cast
from tests.support.outbox import actions, every
from tests.support.portal import an_office, issued
from tests.support.sales import sell

pytestmark = pytest.mark.usefixtures("app")
LAST_SECOND = NOW + timedelta(days=30, seconds=-1)


def linked() -> tuple[Invoice, str]:
    invoice = issued(an_office())[0]
    with writing():
        return invoice, client_links.issue(invoice, NOW)


def test_it_opens_its_invoice_until_thirty_days_are_over() -> None:
    invoice, token = linked()
    with writing():
        subject = client_links.opened(token, LAST_SECOND)
    assert isinstance(subject, Invoice)
    assert subject.id == invoice.id
    with pytest.raises(NotFound), reading():
        client_links.find(token, LAST_SECOND + timedelta(seconds=1))


def test_only_its_hash_is_kept() -> None:
    _, token = linked()
    (link,) = every(ClientLink)
    assert token.encode() not in link.digest
    assert (link.order_id, link.opened_at) == (None, None)


@pytest.mark.both
def test_taking_back_an_invoice_s_links_leaves_an_order_s() -> None:
    invoice, token = linked()
    with writing():
        order_of_the_same_number = cast.paid_order(id=invoice.id)
        other = client_links.issue(order_of_the_same_number, NOW)
    with writing():
        mine = db.session.get_one(Invoice, invoice.id)
        assert client_links.good_links(mine, NOW) == 1
        assert client_links.revoke(mine, NOW) == 1
        assert client_links.good_links(mine, NOW) == 0
    with pytest.raises(NotFound), reading():
        client_links.find(token, NOW)
    with reading():
        assert isinstance(client_links.subject_of(client_links.find(other, NOW)), Order)
    assert actions().count("link revoked") == 1


@pytest.mark.both
@pytest.mark.parametrize("opens", ["nothing", "two things"])
def test_the_database_refuses_a_link_that_opens(opens: str) -> None:
    invoice = issued(an_office())[0]
    with pytest.raises(IntegrityError), writing():
        both = {"order_id": sell().id, "invoice_id": invoice.id} if opens == "two things" else {}
        now = clock.now()
        db.session.add(ClientLink(digest=b"d", created_at=now, expires_at=now, **both))
