"""What visitors see: six services with the catalog's prices, and an order page for each (CAT-06, CHK-01)."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dashboard import catalog
from dashboard.catalog import SERVICES
from dashboard.models import Order, OrderSource, PaymentStatus
from dashboard.money import dollars
from dashboard.unit import reading

RECURRING = "Billed every month, cancel anytime"
NPI = "1234567893"
ORDER = {
    "customer_name": "Demo Family Practice",
    "customer_email": "office@example.test",
    "method": "card",
    "npi": NPI,
    "provider_name": "Dr. Sample Provider",
    "surrogate_access": "undecided",
}


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def hidden(html: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", html)
    return {name_of(tag): attribute(tag, "value") for tag in inputs}


def name_of(tag: str) -> str:
    return attribute(tag, "name")


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'{name}="([^"]*)"', tag)
    return found[1] if found else ""


def ordered(client: FlaskClient, slug: str = "npi-revalidation", **typed: str):  # type: ignore[no-untyped-def]
    page = client.get(f"/order/{slug}").get_data(as_text=True)
    return client.post(f"/order/{slug}", data={**hidden(page), **ORDER, **typed})


def all_orders() -> list[Order]:
    with reading() as unit:
        return list(unit.scalars(select(Order).order_by(Order.id)))


@pytest.mark.parametrize("address", ["/", "/services"])
def test_the_services_page_states_each_service_its_price_and_one_sentence(
    client: FlaskClient, address: str
) -> None:
    html = client.get(address).get_data(as_text=True)
    for service in SERVICES:
        assert service.name in html.replace("&#39;", "'")
        assert dollars(service.price_cents) in html
        assert f'href="/order/{service.slug}"' in html
    assert len(re.findall(r"\$[\d,]+\.\d\d", html)) == len(SERVICES)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_an_order_page_states_the_catalogs_price_and_terms(
    client: FlaskClient, service: catalog.Service
) -> None:
    html = client.get(f"/order/{service.slug}").get_data(as_text=True)
    assert re.findall(r"\$[\d,]+\.\d\d", html) == [dollars(service.price_cents)]
    assert (RECURRING in html) is ("cancel anytime" in html) is service.is_recurring


def test_an_order_page_takes_an_npi_from_its_address(client: FlaskClient) -> None:
    html = client.get(f"/order/nppes-update?npi={NPI}").get_data(as_text=True)
    assert f'value="{NPI}"' in html


def test_the_page_of_an_unknown_service_names_it(client: FlaskClient) -> None:
    answer = client.get("/order/npi-cancellation")
    assert answer.status_code == 404
    assert "npi-cancellation" in answer.get_data(as_text=True)


def test_no_order_page_tells_staff_texts(client: FlaskClient) -> None:
    for service in SERVICES:
        html = client.get(f"/order/{service.slug}").get_data(as_text=True)
        assert not re.search(r"\bpaper\b|\bMAC\b|Fargo|CMS-\d", html)


def test_a_sent_order_is_kept_unpaid_and_confirmed_on_the_next_page(client: FlaskClient) -> None:
    answer = ordered(client)
    assert (answer.status_code, answer.location) == (303, "/order-received")
    [order] = all_orders()
    assert (order.source, order.payment_status, order.npi) == (OrderSource.PUBLIC, PaymentStatus.UNPAID, NPI)
    assert order.price_cents == catalog.service("npi-revalidation").price_cents
    assert order.intake_values()["email"] == "office@example.test"
    assert order.order_number in client.get("/order-received").get_data(as_text=True)


def test_sending_the_form_twice_makes_one_order(client: FlaskClient) -> None:
    data = {**hidden(client.get("/order/nppes-update").get_data(as_text=True)), **ORDER}
    assert [client.post("/order/nppes-update", data=data).status_code for _ in range(2)] == [303, 303]
    assert len(all_orders()) == 1


def test_an_order_without_an_npi_is_taken_and_told_what_is_missing(client: FlaskClient) -> None:
    assert ordered(client, npi="").status_code == 303
    assert "We still need: NPI" in client.get("/order-received").get_data(as_text=True)


def test_a_wrong_npi_is_explained_at_its_field_and_nothing_typed_is_lost(client: FlaskClient) -> None:
    answer = ordered(client, npi="1234567890", specialty="Cardiology <3")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "check digit" in html
    assert 'value="1234567890"' in html
    assert "Cardiology &lt;3" in html
    assert all_orders() == []


def test_a_method_outside_the_catalog_is_refused_and_nothing_is_kept(client: FlaskClient) -> None:
    assert ordered(client, method="cash").status_code == 422
    assert all_orders() == []


def test_a_form_of_another_session_is_refused(client: FlaskClient, app: Flask) -> None:
    stolen = hidden(app.test_client().get("/order/nppes-update").get_data(as_text=True))
    assert client.post("/order/nppes-update", data={**stolen, **ORDER}).status_code == 400
    assert all_orders() == []


def test_the_received_page_of_another_browser_shows_no_order(client: FlaskClient, app: Flask) -> None:
    ordered(client)
    [order] = all_orders()
    assert order.order_number not in app.test_client().get("/order-received").get_data(as_text=True)
