"""What all doors of the API share: refusals by name, once a key, limits, the allow-list (API-03)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from flask import Flask

from dashboard import money
from dashboard.audit import canonical
from dashboard.models import Charge, IdempotentAnswer, Invoice, Office, Order, Patient
from dashboard.rights import Role
from dashboard.tokens import digest
from dashboard.unit import reading, writing
from dashboard.web.api import limits, schemas
from tests.support import cast, practice
from tests.support.programs import BILLING, Program, code_of, program

PATIENTS = f"{BILLING}/patients"
ONE_OFF = f"{BILLING}/charges/one-off"


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return practice.office(date(2026, 1, 31))


@pytest.fixture
def staff(app: Flask) -> Program:
    return program(app, role=Role.BILLING)


def counted(table: type[Any]) -> int:
    with reading() as session:
        return session.query(table).count()


BODIES = {
    "no JSON": (b"{", "application/json", (400, "BAD_JSON")),
    "not a number": (b'{"name": NaN}', "application/json", (400, "BAD_JSON")),
    "an endless number": (b'{"name": ' + b"9" * 5000 + b"}", "application/json", (400, "BAD_JSON")),
    "not UTF-8": (b'{"name": "\xff"}', "application/json", (400, "BAD_JSON")),
    "a name told twice": (b'{"name": "A", "name": "B"}', "application/json", (400, "BAD_JSON")),
    "nested without end": (b"[" * 100_000, "application/json", (400, "BAD_JSON")),
    "nested deep": (b"[" * 30 + b"]" * 30, "application/json", (400, "BAD_JSON")),
    "another type": (b"name=A", "application/x-www-form-urlencoded", (415, "JSON_NEEDED")),
    "a list": (b"[]", "application/json", (422, "INVALID")),
    "null": (b"null", "application/json", (422, "INVALID")),
    "nothing": (b"", "application/json", (422, "INVALID")),
}


@pytest.mark.parametrize("what", BODIES)
def test_a_body_that_cannot_be_read_is_refused_by_name(staff: Program, what: str):
    body, kind, refusal = BODIES[what]
    assert code_of(staff.ask("POST", PATIENTS, data=body, content_type=kind)) == refusal


VALUES = {
    "an unknown field": ("colour", "red"),
    "a NUL": ("name", "Sample\0Patient"),
    "half a character": ("name", "\ud800"),
    "a number for a text": ("name", 10**17),
    "a day that does not exist": ("date_of_birth", "2001-02-30"),
    "an id of another form": ("office_id", "1"),
}


@pytest.mark.parametrize("what", VALUES)
def test_a_value_that_the_schema_forbids_names_its_field(staff: Program, office: Office, what: str):
    field, value = VALUES[what]
    refused = staff.post(PATIENTS, {"office_id": office.ref, "name": "Sample Patient", field: value})

    assert code_of(refused) == (422, "INVALID")
    assert refused.json["field"] == field
    assert counted(Patient) == 0


@pytest.mark.parametrize(
    "amount", ["0.00", "-1.00", "1.005", "1", "1.0", "1e3", "01.00", "9999999.00", 25, 25.0, None]
)
def test_an_amount_has_two_decimals_and_is_above_zero(staff: Program, office: Office, amount: object):
    refused = staff.post(ONE_OFF, {"office_id": office.ref, "item": "training", "amount": amount})

    assert code_of(refused) == (422, "INVALID")
    assert refused.json["field"] == "amount"
    assert counted(Invoice) == 0


def test_a_wrong_address_and_a_wrong_method_are_problems_too(staff: Program):
    assert code_of(staff.get("/api/v1/nothing")) == (404, "NOT_FOUND")
    assert code_of(staff.ask("PUT", PATIENTS)) == (405, "METHOD_NOT_KNOWN_HERE")
    assert staff.ask("PUT", PATIENTS).headers["Allow"]


def test_a_wrong_address_and_a_wrong_method_are_told_in_our_words(staff: Program):
    assert staff.get("/api/v1/nothing").json["detail"] == "There is nothing at this address."
    assert "header Allow" in staff.ask("PUT", PATIENTS).json["detail"]


@pytest.mark.both
def test_a_one_off_is_charged_once_for_its_idempotency_key(staff: Program, office: Office):
    body = {"office_id": office.ref, "item": "setup_fee", "amount": "250.00"}
    first, again = staff.post(ONE_OFF, body, once="a"), staff.post(ONE_OFF, body, once="a")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.text == again.text
    assert (first.json["total_amount"], first.json["invoice_type"]) == ("250.00", "setup_fee")
    assert counted(Invoice) == 1


@pytest.mark.both
def test_the_same_idempotency_key_with_another_body_is_refused(staff: Program, office: Office):
    body = {"office_id": office.ref, "item": "training", "amount": "250.00"}
    staff.post(ONE_OFF, body, once="a")

    assert code_of(staff.post(ONE_OFF, {**body, "amount": "25.00"}, once="a")) == (
        409,
        "IDEMPOTENCY_KEY_REUSED",
    )
    assert code_of(staff.post(PATIENTS, {"office_id": office.ref, "name": "A"}, once="a"))[0] == 409
    assert counted(Invoice) == 1


def test_keys_of_two_programs_do_not_meet(app: Flask, staff: Program, office: Office):
    body = {"office_id": office.ref, "item": "training", "amount": "250.00"}
    first, other = (
        staff.post(ONE_OFF, body, once="a"),
        program(app, role=Role.ADMIN).post(ONE_OFF, body, once="a"),
    )

    assert first.json["invoice_id"] != other.json["invoice_id"]


def test_what_failed_may_be_tried_again_under_its_key(staff: Program, office: Office):
    body = {"office_id": "0" * 32, "item": "training", "amount": "250.00"}
    assert staff.post(ONE_OFF, body, once="a").status_code == 404
    assert staff.post(ONE_OFF, {**body, "office_id": office.ref}, once="a").status_code == 201


def test_neither_key_nor_request_can_be_guessed_from_what_rests_of_them(staff: Program, office: Office):
    """A plain hash of a name and a day of birth would be as good as the two (SEC-03)."""
    body = {"office_id": office.ref, "name": "Sample Patient", "date_of_birth": "1980-02-03"}
    staff.post(PATIENTS, body, once="SAMPLE-1")
    with reading() as session:
        kept = session.query(IdempotentAnswer).one()
    said = canonical(["POST", PATIENTS, body])
    assert {kept.key_digest, kept.request_digest}.isdisjoint({digest("SAMPLE-1"), digest(said)})


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "caf\xe9"])
def test_an_idempotency_key_is_visible_ascii(staff: Program, office: Office, key: str):
    body = {"office_id": office.ref, "item": "training", "amount": "250.00"}
    refused = staff.ask("POST", ONE_OFF, json=body, headers={"Idempotency-Key": key})

    assert code_of(refused) == (422, "BAD_IDEMPOTENCY_KEY")


@pytest.mark.both
def test_of_many_at_once_under_one_key_one_does_it(staff: Program, office: Office):
    body = {"office_id": office.ref, "name": "Sample Patient"}
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: staff.post(PATIENTS, body, once="a"), range(12)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert (counted(Patient), counted(IdempotentAnswer)) == (1, 1)


@pytest.mark.both
def test_of_many_activations_at_once_one_charges(app: Flask, office: Office):
    with writing():
        ref = practice.patient(office).ref
    ours = program(app, office=office)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: ours.post(f"{PATIENTS}/{ref}/activate"), range(12)))

    assert sorted(answer.status_code for answer in answers) == [200] * 11 + [201]
    assert counted(Charge) == 1


@pytest.fixture
def three_a_minute(app: Flask) -> Iterator[None]:
    before = app.config[limits.SETTING]
    app.config[limits.SETTING] = 3
    app.extensions.pop(limits.EXTENSION, None)
    yield
    app.config[limits.SETTING] = before
    app.extensions.pop(limits.EXTENSION, None)


@pytest.mark.usefixtures("three_a_minute")
def test_a_key_that_asks_too_often_is_told_when_to_go_on(app: Flask, staff: Program):
    path = f"{BILLING}/invoices/{'0' * 32}"
    statuses = [staff.get(path).status_code for _ in range(4)]
    refused = staff.get(path)

    assert statuses == [404, 404, 404, 429]
    assert code_of(refused) == (429, "TOO_MANY_REQUESTS")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert program(app, role=Role.ADMIN).get(path).status_code == 404


INTAKE = {"npi": "1234567893", "provider_name": "Dr. Sample Provider", "surrogate_access": "YES"}
ORDER = {"service_slug": "npi-revalidation", "customer_name": "Demo Family Practice", "method": "ach"}


@pytest.mark.both
def test_an_order_is_the_same_with_the_intake_as_object_or_as_text(app: Flask):
    ours = program(app, role=Role.FULFILLMENT)
    as_object = ours.post("/api/v1/orders", {**ORDER, "intake_data": INTAKE})
    as_text = ours.post("/api/v1/orders", {**ORDER, "intake_data": json.dumps(INTAKE)})
    with reading() as session:
        one, other = session.query(Order).all()

    assert (as_object.status_code, as_text.status_code) == (201, 201)
    assert (one.intake_data, one.npi, one.source) == (other.intake_data, other.npi, "program")
    assert as_object.json["amount"] == money.plain(cast.PRICE_CENTS)
    assert as_object.json["intake_incomplete"] is True


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"service_slug": "tax-advice"}, (422, "UNKNOWN_SERVICE")),
        ({"method": "wire"}, (422, "METHOD_NOT_ALLOWED")),
        ({"intake_data": {"npi": "1234567890"}}, (409, "INTAKE_INVALID")),
        ({"intake_data": "no JSON"}, (409, "INTAKE_INVALID")),
        ({"intake_data": {"more": ["\0"]}}, (409, "INTAKE_INVALID")),
        ({"intake_data": 7}, (422, "INVALID")),
    ],
)
def test_an_order_that_cannot_be_is_refused_by_name(
    app: Flask, wrong: dict[str, Any], refusal: tuple[int, str]
):
    ours = program(app, role=Role.FULFILLMENT)

    assert code_of(ours.post("/api/v1/orders", {**ORDER, "intake_data": INTAKE, **wrong})) == refusal
    assert counted(Order) == 0


def test_a_monthly_run_is_the_same_while_it_is_unfinished(staff: Program, office: Office):
    first, second = (
        staff.post(f"{BILLING}/invoices/generate-monthly"),
        staff.post(f"{BILLING}/invoices/generate-monthly", {}),
    )

    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json["run_id"] == second.json["run_id"]


def test_answers_hold_the_fields_of_their_schema_and_no_others(staff: Program, office: Office):
    with writing():
        patient = practice.patient(office)
    charged = staff.post(f"{PATIENTS}/{patient.ref}/activate").json
    page = staff.get(f"{BILLING}/offices/{office.ref}/invoices").json
    [invoice] = page["invoices"]
    lines = staff.get(f"{BILLING}/invoices/{invoice['invoice_id']}/line-items").json

    assert set(charged) == set(schemas.Activity().fields)
    assert set(charged["charge"]) == set(schemas.Charge().fields)
    assert set(page) == set(schemas.InvoicePage().fields)
    assert set(invoice) == set(schemas.Invoice().fields)
    assert set(lines["line_items"][0]) == set(schemas.LineItem().fields)
    assert lines["line_items"][0]["description"] == "Patient Activations: 1 @ $2.00 each"
    assert (invoice["status"], invoice["total_amount"]) == ("draft", "2.00")
    assert invoice["created_at"].endswith("Z")
