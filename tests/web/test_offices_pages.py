"""The pages of offices: the list, everything about one of them, its subscription (OFF-01 to OFF-03)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from dashboard.models import Office, OfficeStatus
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast, practice
from tests.support.signed_in import client_of, signed_in
from tests.support.staff import Browser

ENTRY = {
    "name": "Demo Family Practice",
    "billing_email": "bills@example.test",
    "billing_address": "1 Sample Street",
    "time_zone": "America/Chicago",
}


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


def office(**terms: object) -> Office:
    with writing():
        return practice.office(date(2026, 1, 15), **terms)  # type: ignore[arg-type]


def fresh(one: Office) -> Office:
    with reading() as session:
        return session.get_one(Office, one.id)


def entered(browser: Browser) -> int:
    """An office that this person has entered; its id."""
    answer = browser.post("/staff/offices", **ENTRY)
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def test_the_list_finds_an_office_by_code_and_by_part_of_its_name(billing: Browser) -> None:
    code = office().code
    for text in (code.lower(), "family"):
        assert f'id="{code}"' in billing.get(f"/staff/offices?q={text}")
    assert "No office matches" in billing.get("/staff/offices?q=nothing-of-this-name")


def test_the_list_is_filtered_by_status(billing: Browser) -> None:
    active, trialing = office().code, office(status=OfficeStatus.TRIALING).code
    shown = billing.get("/staff/offices?status=trialing")
    assert f'id="{trialing}"' in shown
    assert f'id="{active}"' not in shown


def test_an_office_is_entered_and_shown_with_everything_about_it(billing: Browser) -> None:
    shown = billing.get(f"/staff/offices/{entered(billing)}")
    for text in ("Demo Family Practice", "bills@example.test", "America/Chicago", "1 Sample Street"):
        assert text in shown
    for heading in ("Months", "Invoices", "Payments", "Orders", "Subscription", "Contacts"):
        assert f"<h2>{heading}" in shown


def test_an_unknown_zone_comes_back_with_what_was_typed(billing: Browser) -> None:
    answer = billing.post("/staff/offices", **ENTRY | {"time_zone": "Mars/Base"})
    assert answer.status_code == 422
    assert "IANA time zone" in answer.text
    assert "Demo Family Practice" in answer.text


def test_a_zone_that_is_mistyped_comes_back_with_those_near_it(billing: Browser) -> None:
    answer = billing.post("/staff/offices", **ENTRY | {"time_zone": "chicago time"})
    assert answer.status_code == 422
    assert '<a href="#time_zone">Time zone</a>: There is no such time zone.' in answer.text
    number = office().id
    told = {"version": "1", "time_zone": "America/New York"}
    assert "Did you mean America/New_York" in billing.post(f"/staff/offices/{number}/time-zone", **told).text


def test_the_zones_of_the_united_states_are_offered_first(billing: Browser) -> None:
    for path in ("/staff/offices/new", f"/staff/offices/{office().id}"):
        assert '<datalist id="zones"><option value="America/New_York"></option>' in billing.get(path), path


def test_who_entered_an_office_sees_no_button_to_verify_it_and_is_refused(billing: Browser) -> None:
    number = entered(billing)
    assert "Verify both" not in billing.get(f"/staff/offices/{number}")
    with reading() as session:
        version = session.get_one(Office, number).version
    answer = billing.post(f"/staff/offices/{number}/verification", version=version, checked="y")
    assert answer.status_code == 409
    assert "Ask a colleague" in answer.text


def test_the_page_says_who_entered_the_name_and_who_the_email(app: Flask, billing: Browser) -> None:
    href = f"/staff/offices/{entered(billing)}"
    assert "<dt>Entered by</dt><dd>Demo Fulfiller</dd>" in billing.get(href)
    with writing():
        colleague = cast.person("Demo Colleague", Role.BILLING)
    told = ENTRY | {"version": "1", "name": "Renamed Family Practice"}
    assert Browser(client_of(app, colleague)).post(f"{href}/details", **told).status_code == 303
    assert "<dd>Demo Colleague (name), Demo Fulfiller (email)</dd>" in billing.get(href)


def test_a_second_person_verifies_an_office(app: Flask, billing: Browser) -> None:
    number = entered(billing)
    second = Browser(signed_in(app, Role.BILLING)[0])
    assert "Verify both" in second.get(f"/staff/offices/{number}")
    with reading() as session:
        version = session.get_one(Office, number).version
    second.post(f"/staff/offices/{number}/verification", version=version, checked="y")
    with reading() as session:
        assert session.get_one(Office, number).is_verified


def test_saving_an_office_second_shows_both_values(billing: Browser) -> None:
    one = office()
    stale = {**ENTRY, "version": one.version}
    billing.post(f"/staff/offices/{one.id}/details", **stale | {"name": "First Family Practice"})
    answer = billing.post(f"/staff/offices/{one.id}/details", **stale | {"name": "Second Family Practice"})
    assert answer.status_code == 409
    assert "First Family Practice" in answer.text
    assert "Second Family Practice" in answer.text
    assert fresh(one).name == "First Family Practice"


def test_a_subscription_is_started_on_the_page(billing: Browser) -> None:
    number = entered(billing)
    with writing():
        plan = practice.plan()
    with reading() as session:
        version = session.get_one(Office, number).version
    told = {"version": version, "plan": plan.id, "anchor": "2026-01-15"}
    assert billing.post(f"/staff/offices/{number}/subscription", **told).status_code == 303
    shown = billing.get(f"/staff/offices/{number}")
    assert "$2.00" in shown
    assert "Next three begin" in shown


def test_a_subscription_that_runs_is_changed_and_cancelled_but_not_started(billing: Browser) -> None:
    shown = billing.get(f"/staff/offices/{office().id}")
    for text in (
        "Change the plan",
        "Change the first day",
        "Change the time zone",
        "Cancel the subscription",
    ):
        assert text in shown
    assert "Start it" not in shown


def test_a_canceled_subscription_says_until_when_it_goes_on(billing: Browser) -> None:
    one = office()
    told = {"version": fresh(one).version, "sure": "y"}
    assert billing.post(f"/staff/offices/{one.id}/cancellation", **told).status_code == 303
    assert "It goes on until" in billing.get(f"/staff/offices/{one.id}")


def test_who_only_looks_finds_no_act(app: Flask) -> None:
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    shown = looker.get(f"/staff/offices/{office().id}")
    assert '<form class="form"' not in shown
    assert "Add an office" not in looker.get("/staff/offices")


def test_a_parked_office_says_why_and_can_be_tried_again(app: Flask, billing: Browser, now) -> None:  # type: ignore[no-untyped-def]
    with writing():
        one = practice.office(date(2026, 1, 15))
        one.parked_at, one.parked_reason = now, "The plan has no price."
    assert "The plan has no price." in billing.get(f"/staff/offices/{one.id}")
    assert billing.post(f"/staff/offices/{one.id}/retries").status_code == 303
    assert fresh(one).parked_at is None


def test_an_id_of_the_provider_is_checked_and_then_shown_masked(billing: Browser) -> None:
    one = office()
    told = {"version": one.version, "which": "payment_provider_customer_id"}
    wrong = billing.post(f"/staff/offices/{one.id}/provider-id", **told, value="sub_12345678")
    assert wrong.status_code == 422
    assert "begins with cus_" in wrong.text
    billing.post(f"/staff/offices/{one.id}/provider-id", **told, value="cus_demo12345678")
    shown = billing.get(f"/staff/offices/{one.id}")
    assert "cus_demo12345678" not in shown
    assert "5678" in shown
