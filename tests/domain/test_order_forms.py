"""The order forms ask what the catalog says and show each problem at its field."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict

from dashboard import catalog, intake
from dashboard.catalog import SERVICES
from forms.orders import OrderForm, PaymentForm, StaffOrderForm
from forms.todos import BulkForm, FilterForm, TodoForm

GOOD = {
    "entry_key": "k",
    "customer_name": "Demo Family Practice",
    "customer_email": "office@example.test",
    "method": "card",
    "npi": "1234567893",
}


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    app = Flask("forms")
    app.config.update(SECRET_KEY="for tests only", WTF_CSRF_ENABLED=False)
    with app.test_request_context("/", method="POST"):
        yield


def order_form(slug: str = "npi-revalidation", **typed: object) -> OrderForm:
    form = OrderForm(MultiDict({**GOOD, **typed}))
    form.ask(catalog.service(slug))
    return form


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_a_form_asks_what_its_service_asks_and_offers_its_methods(service: catalog.Service) -> None:
    form = order_form(service.slug)
    asked = {field.name for field in form.answers()} - {"roster_file"}
    assert asked == set(intake.asked(service))
    assert [choice.data for choice in form.method] == list(service.allowed_methods)
    assert form.validate(), form.errors


def test_missing_answers_do_not_stop_an_order() -> None:
    assert order_form(npi="").validate()


def test_every_problem_stands_at_its_field_at_once() -> None:
    form = order_form(npi="1234567890", practice_state="ZZ", customer_email="nobody")
    assert not form.validate()
    assert set(form.errors) == {"npi", "practice_state", "customer_email"}
    assert "check digit" in form.npi.errors[0]


def test_a_wrong_date_is_told_once_and_stays_in_the_field() -> None:
    form = order_form("nppes-update", change_date="yesterday")
    assert not form.validate()
    assert len(form.change_date.errors) == 1
    assert 'value="yesterday"' in str(form.change_date())


@pytest.mark.parametrize("typed", ["2026-03-31", "03/31/2026"])
def test_a_date_is_read_as_browsers_and_people_write_it(typed: str) -> None:
    form = order_form("nppes-update", change_date=typed)
    assert form.validate()
    assert str(intake.checked(form.given()).change_date) == "2026-03-31"


def uploaded(text: bytes, **typed: object) -> OrderForm:
    return order_form("oig-sam-screening", roster_file=FileStorage(io.BytesIO(text), "staff.csv"), **typed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_an_uploaded_roster_is_read_as_spreadsheets_save_it(encoding: str) -> None:
    form = uploaded("name,npi\nRenée Demo,1234567893\n".encode(encoding))
    assert form.validate()
    assert intake.checked(form.given()).roster[0].name == "Renée Demo"


def test_an_uploaded_roster_survives_an_error_as_text() -> None:
    form = uploaded(b"Ann Demo,,1234567890")
    assert not form.validate()
    assert "line 1" in form.roster.errors[0]
    assert "Ann Demo" in str(form.roster())


def test_a_roster_file_is_bounded_and_never_mixed_with_typed_lines() -> None:
    assert "Split it" in errors_of(uploaded(b"x" * 150_001))
    assert "not both" in errors_of(uploaded(b"Ann Demo", roster="Bob Demo"))


def errors_of(form: OrderForm) -> str:
    assert not form.validate()
    return str(form.roster_file.errors)


def test_staff_who_say_paid_say_how() -> None:
    form = StaffOrderForm(MultiDict({**GOOD, "paid": "y", "customer_email": "", "office_id": "0"}))
    form.ask(catalog.service("nppes-update"))
    assert not form.validate()
    assert list(form.errors) == ["payment_note"]


@pytest.mark.parametrize("version", ["", "x", "-1", "1e3", "²", "99999999999", "9" * 5000])
def test_a_doctored_version_is_refused(version: str) -> None:
    form = PaymentForm(MultiDict({"version": version, "method": "card", "payment_note": "check 7"}))
    form.ask(catalog.service("nppes-update"))
    assert not form.validate()
    assert list(form.errors) == ["version"]


def test_a_version_is_a_number() -> None:
    form = TodoForm(
        MultiDict(
            {
                "version": "7",
                "status": "waiting",
                "priority": "high",
                "due_date": "2026-12-01",
                "assignee": "3",
            }
        )
    )
    form.among([(3, "Demo Fulfiller")])
    assert form.validate(), form.errors
    assert (form.version.data, str(form.due_date.data)) == (7, "2026-12-01")


def test_filters_that_make_no_sense_are_ignored() -> None:
    typed = {
        "status": "waiting",
        "service": "seventh",
        "assignee": "99",
        "due": "never",
        "q": " co-1 ",
        "view": "x",
    }
    assert FilterForm(MultiDict(typed), people=[(3, "Demo")]).chosen() == {
        "status": "waiting",
        "q": "co-1",
        "sort": "due",
    }
    assert FilterForm(MultiDict({"assignee": "3"}), people=[(3, "Demo")]).chosen()["assignee"] == "3"


def test_a_bulk_action_needs_a_selection() -> None:
    form = BulkForm(MultiDict({"key": "k", "action": "claim"}))
    assert not form.validate()
    assert list(form.errors) == ["todo"]
    assert BulkForm(MultiDict([("key", "k"), ("action", "claim"), ("todo", "1"), ("todo", "2")])).validate()
    assert BulkForm(MultiDict({"key": "k", "action": "claim", "all_matching": "1"})).validate()


@pytest.mark.parametrize("blank", ["", "   ", "\u200b"])
def test_a_name_of_nothing_visible_is_no_name(blank: str) -> None:
    form = order_form(customer_name=blank)
    assert not form.validate()
    assert list(form.errors) == ["customer_name"]


def test_problems_are_listed_in_the_order_of_the_page() -> None:
    form = order_form(customer_email="nobody", npi="1", method="")
    assert not form.validate()
    assert [field.name for field in form if field.errors] == ["customer_email", "npi", "method"]
