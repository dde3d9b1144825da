"""What the link of an invoice shows: that invoice, its PDF, how to pay it (POR-01)."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard import client_links, clock
from dashboard.models import AuditEvent, Invoice
from dashboard.unit import writing
from tests.support.outbox import every
from tests.support.pages import posted
from tests.support.portal import an_office, issued
from tests.support.sales import sell


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def invoices(app: Flask) -> list[Invoice]:
    return issued(an_office())


def token_of(subject: client_links.Opened) -> str:
    with writing():
        return client_links.issue(subject, clock.now())


def test_a_link_shows_one_invoice_and_how_to_pay_it(client: FlaskClient, invoices: list[Invoice]) -> None:
    html = client.get(f"/link/{token_of(invoices[0])}").text

    assert f"<title>Invoice {invoices[0].number} ·" in html
    assert str(invoices[1].number) not in html
    assert "Patient Activations" in html
    assert "Pay by check or wire" in html
    assert "Sample Patient" not in html


def test_its_pdf_is_that_of_the_invoice_and_the_trail_says_who_read(
    client: FlaskClient, invoices: list[Invoice]
) -> None:
    answer = client.get(f"/link/{token_of(invoices[0])}/pdf")

    assert answer.data.startswith(b"%PDF")
    read = [event for event in every(AuditEvent) if event.action == "document read"]
    assert [(event.actor, event.object_ref) for event in read] == [("client", invoices[0].ref)]


def test_only_the_first_opening_is_written_down(client: FlaskClient, invoices: list[Invoice]) -> None:
    token = token_of(invoices[0])
    for _ in range(3):
        assert client.get(f"/link/{token}").status_code == 200
    assert [event.action for event in every(AuditEvent)].count("link opened") == 1


def test_a_link_that_was_taken_back_opens_neither_page_nor_pdf(
    client: FlaskClient, invoices: list[Invoice]
) -> None:
    token = token_of(invoices[0])
    with writing():
        client_links.revoke(invoices[0], clock.now())

    assert {client.get(f"/link/{token}{path}").status_code for path in ("", "/pdf")} == {404}


def test_an_invoice_s_link_takes_no_answers_and_an_order_s_has_no_pdf(
    client: FlaskClient, invoices: list[Invoice]
) -> None:
    with writing():
        order = sell()

    assert posted(client, f"/link/{token_of(invoices[0])}/answers", npi="1234567893").status_code == 404
    assert client.get(f"/link/{token_of(order)}/pdf").status_code == 404
