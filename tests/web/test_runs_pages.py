"""The pages of the monthly run: asked once, looked at before, followed, mended (BIL-05)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.billing import activations
from dashboard.models import BillingCycle, MonthlyRun, Office
from dashboard.rights import Role
from dashboard.unit import reading, writing
from jobs import months
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


def due_office(**terms: object) -> Office:
    """An office whose month has ended long ago, with one active patient."""
    with writing():
        office = practice.office(date(2026, 1, 15), **terms)  # type: ignore[arg-type]
        begins = office.created_at
        activations.activate(practice.patient(office), at=begins, now=begins)
        return office


def cycles() -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(BillingCycle)) or 0


def runs() -> list[MonthlyRun]:
    with reading() as session:
        return list(session.scalars(select(MonthlyRun)))


def test_a_dry_run_says_what_would_happen_and_does_nothing(billing: Browser) -> None:
    office, before = due_office(), cycles()
    shown = billing.get("/staff/runs/forecast")
    assert office.code in shown
    assert "$2.00" in shown
    assert "Nothing was changed" in shown
    assert (cycles(), runs()) == (before, [])


def test_asking_twice_gives_the_one_run(billing: Browser) -> None:
    due_office()
    places = {billing.post("/staff/runs").location for _ in range(2)}
    assert len(places) == len(runs()) == 1


def test_a_run_is_followed_until_it_is_done(billing: Browser) -> None:
    due_office()
    place = billing.post("/staff/runs").location
    waiting = billing.get(place)
    assert 'hx-trigger="every 2s"' in waiting
    months.work(runs()[0].id)
    done = billing.get(place)
    assert "Done" in done
    assert "every 2s" not in done
    assert "Invoices closed" in done


def test_a_poll_is_told_nothing_until_something_has_happened(billing: Browser) -> None:
    due_office()
    place = billing.post("/staff/runs").location
    stamp = billing.get(place).split("since=")[1].split('"')[0]
    asked = {"headers": {"HX-Request": "true", "HX-Request-Type": "partial"}}
    assert billing.client.get(f"{place}?since={stamp}", **asked).status_code == 204
    months.work(runs()[0].id)
    assert billing.client.get(f"{place}?since={stamp}", **asked).status_code == 200


def test_an_office_left_aside_shows_why_and_can_be_tried_again(billing: Browser) -> None:
    office = due_office()
    with writing() as session:
        session.get_one(Office, office.id).plan_id = None
    place = billing.post("/staff/runs").location
    months.work(runs()[0].id)
    for page in (place, "/staff/runs"):
        shown = billing.get(page)
        assert office.code in shown
        assert "The plan has no price" in shown
        assert "Try again" in shown


def test_nothing_due_says_already_done(billing: Browser) -> None:
    place = billing.post("/staff/runs").location
    months.work(runs()[0].id)
    assert "Already done" in billing.get(place)


def test_who_only_looks_sees_runs_and_starts_none(app: Flask) -> None:
    looker = Browser(signed_in(app, Role.READ_ONLY)[0])
    assert "Run now" not in looker.get("/staff/runs")
    assert looker.post("/staff/runs").status_code == 403
