"""Offices: a random code, checked details, a zone by its name, ids of the provider sealed (OFF-01)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import offices, provider_ids
from dashboard.errors import Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import AuditEvent, Office
from dashboard.unit import writing
from tests.conftest import NOW

TOLD: dict[str, Any] = {
    "name": "Demo Family Practice",
    "billing_email": "bills@example.test",
    "billing_address": "1 Sample Street\nSampletown, OH 43000",
}
CUSTOMER, SUBSCRIPTION = "payment_provider_customer_id", "payment_provider_subscription_id"


def new_office(**more: Any) -> Office:
    return offices.create(**{**TOLD, "time_zone": "America/New_York", "now": NOW, **more})


def test_an_office_gets_a_random_code_and_no_subscription(app: Flask) -> None:
    with writing():
        first, second = new_office(), new_office()
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}", first.code)
    assert first.code != second.code
    assert (first.subscription_status, first.is_verified) == (None, False)
    assert first.billing_address == TOLD["billing_address"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "localtime"),
        ("time_zone", "../etc/passwd"),
        ("name", "  "),
        ("name", "x" * 201),
        ("billing_email", "not an address"),
        ("billing_address", "x" * 501),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_field(app: Flask, field: str, value: str) -> None:
    with writing(), pytest.raises(Invalid) as refused:
        new_office(**{field: value})
    assert refused.value.field == field


def test_a_change_names_its_fields_on_the_audit_trail_and_holds_no_value(app: Flask) -> None:
    with writing():
        office = new_office()
    with writing():
        office = db.session.merge(office)
        changed = offices.change(office, version=office.version, **TOLD | {"name": "Sample Clinic"})
    assert changed == ["name"]
    with writing():
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.action, last.object_ref) == ("office changed", office.ref)
        assert last.changes == '{"fields":["name"]}'


def test_a_change_over_somebody_elses_is_refused(app: Flask) -> None:
    with writing():
        office = new_office()
        with pytest.raises(StaleVersion):
            offices.change(office, version=office.version + 1, **TOLD)


@pytest.mark.parametrize(
    ("field", "value"), [(CUSTOMER, "sub_12345678"), (CUSTOMER, "cus_12 345678"), (SUBSCRIPTION, "sub_1")]
)
def test_an_id_of_the_provider_has_its_format(app: Flask, field: provider_ids.Field, value: str) -> None:
    with writing():
        office = new_office()
        with pytest.raises(Invalid) as refused:
            provider_ids.give(office, field, value)
    assert refused.value.field == field


@pytest.mark.both
def test_an_id_of_the_provider_is_sealed_and_found_and_belongs_to_one_office(app: Flask) -> None:
    with writing():
        office, other = new_office(), new_office()
        provider_ids.give(office, CUSTOMER, "cus_Sample0001")
        db.session.flush()
        assert b"cus_Sample" not in (office._payment_provider_customer_id or b"")
        assert provider_ids.find(CUSTOMER, "cus_Sample0001") is office
        assert provider_ids.find(CUSTOMER, "cus_sample0001") is None
        with pytest.raises(provider_ids.IdTaken):
            provider_ids.give(other, CUSTOMER, "cus_Sample0001")
        provider_ids.give(office, CUSTOMER, None)
        assert office.payment_provider_customer_index is None
    assert provider_ids.masked("cus_Sample0001") == "cus_…0001"
