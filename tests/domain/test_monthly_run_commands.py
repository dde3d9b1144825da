"""A dry run says what a run would do; the commands that run, and close a month (BIL-04, BIL-05)."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from dashboard.billing import forecast
from dashboard.models import (
    BillingCycle,
    Charge,
    MonthlyRun,
    Office,
    OfficeStatus,
    PriceVersion,
)
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.turning import at, count, offices, ran, without_price

pytestmark = pytest.mark.both


def test_a_dry_run_says_what_a_run_would_do_and_does_nothing(app: Flask) -> None:
    offices(2, patients=3)
    with reading():
        said = list(forecast.forecast(at("2026-05-02")))
    assert count(BillingCycle) == 0
    run = ran("2026-05-02")
    assert sum(each.patients for office in said for each in office.opening) == run.charges == 18
    assert sum(len(office.closing) for office in said) == run.invoices_closed == 4
    assert sum(sum(office.closing) for office in said) == run.total_cents == 24_00


def test_a_dry_run_knows_the_end_of_a_trial_and_a_new_price(app: Flask) -> None:
    [office] = offices(1)
    with writing() as session:
        row = session.get_one(Office, office.id)
        row.trial_ends_on, row.subscription_status = date(2026, 4, 1), OfficeStatus.TRIALING
        practice.statuses.change(row, OfficeStatus.TRIALING, at=at("2026-03-01T05:00"), cause="test")
        may, early = date(2026, 5, 1), at("2026-01-01")
        session.add(PriceVersion(plan_id=row.plan_id, effective=may, cents=250, created_at=early))
    with reading():
        [said] = forecast.forecast(at("2026-05-02"))
    assert [(each.patients, each.cents) for each in said.opening] == [(2, 0), (2, 400), (2, 500)]
    run = ran("2026-05-02")
    assert (run.charges, run.total_cents) == (6, sum(said.closing))


def test_a_dry_run_names_the_office_that_would_be_parked(app: Flask) -> None:
    [office] = offices(1)
    without_price(office)
    with reading():
        [said] = forecast.forecast(at("2026-03-02"))
    assert said.problem is not None
    assert "no price" in said.problem


def command(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["billing", "run", "--as-of", "2026-04-02", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_turns_all_months_and_says_so_the_second_time(app: Flask) -> None:
    offices(2)
    assert "Done: 4 cycles, 8 patients carried over, 2 invoices closed over $8.00." in command(app)
    assert "Already done: no month that ended by 2026-04-02T00:00:00Z is left." in command(app)
    assert count(Charge) == 8


def test_the_command_says_which_office_was_left_aside(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    assert f"Left aside: office {broken.code}: The plan has no price on 2026-03-01" in command(app)


def test_the_command_runs_dry(app: Flask) -> None:
    offices(1)
    said = command(app, "--dry-run")
    assert "$8.00 for 2026-03-01 2 patients, 2026-04-01 2 patients; invoices closed: $4.00" in said
    assert "Nothing was done." in said
    assert count(MonthlyRun) == 0


def test_the_command_refuses_the_future(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["billing", "run", "--as-of", "2999-01-01"])
    assert result.exit_code == 1
    assert "lies in the future" in result.output


def closed(app: Flask, *words: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["billing", "close-month", *words])
    return result.exit_code, result.output


def test_the_command_closes_a_month_once_and_then_the_next(app: Flask) -> None:
    assert closed(app, "2026-01") == (
        0,
        "January 2026 is closed: $0.00 recognized, $0.00 deferred, 0 documents.\n",
    )
    assert closed(app)[1].startswith("February 2026 is closed")
    code, said = closed(app, "2026-01")
    assert code == 1
    assert "January 2026 is closed" in said
