"""A link opens one order: its state, and the answers it still needs (POR-01, INT-03)."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from dashboard import catalog, clock, intake, orders
from dashboard.models import AuditEvent, Order, OrderSource
from dashboard.orders import client_links
from dashboard.unit import reading, writing

NPI = "1234567893"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def linked(slug: str = "nppes-update", days_ago: int = 0, **answers: object) -> str:
    """The token of a new order with these answers."""
    at = clock.now() - timedelta(days=days_ago)
    with writing():
        order = orders.place(
            catalog.service(slug),
            intake.checked({"email": "office@example.test", **answers}),
            customer_name="Demo Family Practice",
            customer_email="office@example.test",
            method="card",
            source=OrderSource.STAFF,
            entry_key=f"entry-{slug}-{len(answers)}-{days_ago}",
            now=at,
        )
        return client_links.issue(order, at)


def the_order() -> Order:
    with reading() as unit:
        return unit.scalars(select(Order)).one()


def csrf(html: str) -> dict[str, str]:
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    return {"csrf_token": found[1]} if found else {}


def answered(client: FlaskClient, token: str, **typed: str):  # type: ignore[no-untyped-def]
    page = client.get(f"/link/{token}").get_data(as_text=True)
    return client.post(f"/link/{token}/answers", data={**csrf(page), **typed})


def test_a_link_shows_its_order_and_asks_only_what_is_missing(client: FlaskClient) -> None:
    token = linked(npi=NPI, specialty="Cardiology")
    html = client.get(f"/link/{token}").get_data(as_text=True)
    assert the_order().order_number in html
    assert "cannot be finished without: Provider." in html
    assert 'name="provider_name"' in html
    assert 'name="npi"' not in html
    assert NPI not in html
    assert "Cardiology" not in html


def test_answers_complete_the_order_and_keep_the_earlier_ones(client: FlaskClient) -> None:
    token = linked(npi=NPI, specialty="Cardiology")
    assert answered(client, token, provider_name="Dr. Sample Provider").status_code == 303
    kept = orders.intake_of(the_order())
    assert (kept.npi, kept.provider_name, kept.specialty) == (NPI, "Dr. Sample Provider", "Cardiology")
    assert "cannot be finished" not in client.get(f"/link/{token}").get_data(as_text=True)


def test_a_wrong_answer_is_explained_and_changes_nothing(client: FlaskClient) -> None:
    token = linked()
    answer = answered(client, token, npi="1234567890", provider_name="Dr. Sample Provider")
    html = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "check digit" in html
    assert 'value="Dr. Sample Provider"' in html
    assert orders.intake_of(the_order()).provider_name is None


def test_an_answer_that_came_meanwhile_does_not_lose_what_the_client_typed(client: FlaskClient) -> None:
    token = linked(npi=NPI)
    page = client.get(f"/link/{token}").get_data(as_text=True)
    with writing() as unit:
        order = unit.scalars(select(Order)).one()
        told = intake.completed(
            orders.intake_of(order), intake.Intake(specialty="Cardiology", provider_name="P")
        )
        orders.change_intake(order, told, now=clock.now())
    client.post(f"/link/{token}/answers", data={**csrf(page), "provider_name": "Dr. Sample Provider"})
    kept = orders.intake_of(the_order())
    assert (kept.provider_name, kept.specialty) == ("Dr. Sample Provider", "Cardiology")


def test_only_the_first_opening_is_written_down(client: FlaskClient) -> None:
    token = linked()
    for _ in range(3):
        assert client.get(f"/link/{token}").status_code == 200
    with reading() as unit:
        opened = unit.scalars(select(AuditEvent).where(AuditEvent.action == "link opened")).all()
    assert len(opened) == 1


def test_looking_again_waits_for_nobody_who_writes(client: FlaskClient, app: Flask) -> None:
    token = linked()
    client.get(f"/link/{token}")
    other = sqlite3.connect(app.extensions["settings"].database_url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    try:
        assert client.get(f"/link/{token}").status_code == 200
    finally:
        other.close()


@pytest.mark.parametrize("token", ["x", "x" * 43, "%00", "é" * 20, "x" * 2000])
def test_an_unknown_link_is_nothing(client: FlaskClient, token: str) -> None:
    linked()
    assert client.get(f"/link/{token}").status_code == 404
    assert client.post(f"/link/{token}/answers").status_code in (400, 404)


def test_a_link_ends_after_thirty_days_and_when_it_is_revoked(client: FlaskClient) -> None:
    old, new = linked(days_ago=31), linked()
    assert client.get(f"/link/{old}").status_code == 404
    assert client.get(f"/link/{new}").status_code == 200
    with writing() as unit:
        for order in unit.scalars(select(Order)):
            client_links.revoke(order, clock.now())
    assert client.get(f"/link/{new}").status_code == 404


def test_a_canceled_order_shows_its_state_and_asks_nothing(client: FlaskClient) -> None:
    token = linked()
    page = client.get(f"/link/{token}").get_data(as_text=True)
    with writing() as unit:
        orders.cancel(unit.scalars(select(Order)).one(), cause="client_request", now=clock.now())
    html = client.get(f"/link/{token}").get_data(as_text=True)
    assert "This order is canceled." in html
    assert "<textarea" not in html
    assert client.post(f"/link/{token}/answers", data={**csrf(page), "npi": NPI}).status_code == 303
    assert orders.intake_of(the_order()).npi is None
