"""The monthly run turns every month that has ended, and parks what it cannot turn (BIL-04, BIL-05)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import reconcile
from dashboard.audit import Action
from dashboard.billing import activations, forecast, monthly_run, parking
from dashboard.models import (
    AuditEvent,
    BillingCycle,
    Charge,
    Invoice,
    Job,
    MonthlyRun,
    Office,
    OfficeStatus,
    ParkedOffice,
    PriceVersion,
    RunState,
    Todo,
    TodoStatus,
)
from dashboard.unit import reading, writing
from jobs import months
from tests.support import practice

pytestmark = pytest.mark.both
MARCH = date(2026, 3, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def offices(count: int, patients: int = 2, anchor: date = MARCH) -> list[Office]:
    """Offices whose patients were active before the anchor."""
    with writing():
        made = [practice.office(anchor) for _ in range(count)]
        for office in made:
            for _ in range(patients):
                early = at("2026-01-05")
                activations.activate(practice.patient(office), at=early, now=early)
    return made


def asked(as_of: str) -> MonthlyRun:
    with writing():
        return monthly_run.ask(at(as_of), "test", at(as_of))


def ran(as_of: str, most: int = monthly_run.CHUNK) -> MonthlyRun:
    """A run over all that was due, as it is when it has ended."""
    run = asked(as_of)
    assert months.work(run.id, most=most)
    with reading() as session:
        return session.get_one(MonthlyRun, run.id)


def without_price(office: Office) -> None:
    """Let the plan of this office have no price."""
    with writing() as session:
        versions = select(PriceVersion).where(PriceVersion.plan_id == office.plan_id)
        for version in session.scalars(versions):
            version.effective = date(2030, 1, 1)


def priced_again(office: Office) -> None:
    with writing() as session:
        session.scalars(
            select(PriceVersion).where(PriceVersion.plan_id == office.plan_id)
        ).one().effective = practice.LONG_AGO


def count(model: type) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def todo_of(office: Office) -> Todo:
    with reading() as session:
        return session.scalars(select(Todo).where(Todo.key == f"parked:{office.ref}")).one()


def test_a_run_charges_every_active_patient_of_every_office_once(app: Flask) -> None:
    offices(3, patients=4)
    run = ran("2026-03-02")
    assert (run.state, run.offices_due, run.cycles_turned, run.charges) == (RunState.DONE, 3, 3, 12)
    assert count(Charge) == 12
    assert count(Invoice) == 3


def test_a_run_in_chunks_does_what_one_in_a_single_chunk_does(app: Flask) -> None:
    offices(5)
    run = ran("2026-05-02", most=2)
    assert (run.cycles_turned, run.charges, run.invoices_closed, run.total_cents) == (15, 30, 10, 40_00)


def test_a_missed_run_catches_up_cycle_by_cycle_with_the_right_periods(app: Flask) -> None:
    [office] = offices(1)
    ran("2026-06-02")
    with reading() as session:
        starts = session.scalars(select(BillingCycle.start).order_by(BillingCycle.number))
        assert [start.isoformat() for start in starts] == [
            "2026-03-01",
            "2026-04-01",
            "2026-05-01",
            "2026-06-01",
        ]
        assert practice.charged(office) == 8
    assert count(Invoice) == 4


def test_a_second_run_finds_everything_done(app: Flask) -> None:
    offices(2)
    ran("2026-03-02")
    again = ran("2026-03-02")
    assert (again.offices_due, again.cycles_turned, again.charges) == (0, 0, 0)
    assert count(Charge) == 4


def test_while_a_run_is_unfinished_asking_gives_the_same_one(app: Flask) -> None:
    offices(1)
    first = asked("2026-03-02")
    assert asked("2026-04-02").id == first.id
    months.work(first.id)
    assert asked("2026-04-02").id != first.id


def test_a_run_is_asked_of_the_workers_once(app: Flask) -> None:
    offices(1)
    asked("2026-03-02")
    asked("2026-03-02")
    with reading() as session:
        assert [job.kind for job in session.scalars(select(Job))] == ["billing.run"]


def test_a_month_that_has_not_ended_cannot_be_run(app: Flask) -> None:
    with writing(), pytest.raises(monthly_run.NotYet):
        monthly_run.ask(at("2026-03-03"), "test", at("2026-03-02"))


def test_only_what_had_ended_by_the_asked_instant_is_turned(app: Flask) -> None:
    offices(1)
    run = asked("2026-03-02")
    assert months.work(run.id)
    assert count(BillingCycle) == 1


def test_an_office_that_cannot_be_turned_is_parked_and_the_others_go_on(app: Flask) -> None:
    good, broken, fine = offices(3)
    without_price(broken)
    run = ran("2026-03-02")
    assert (run.state, run.cycles_turned, run.offices_parked) == (RunState.DONE, 2, 1)
    with reading():
        assert [practice.charged(office) for office in (good, broken, fine)] == [2, 0, 2]
    with reading() as session:
        assert "no price" in (session.get_one(Office, broken.id).parked_reason or "")


def test_a_parked_office_has_an_alert_that_names_the_reason(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    ran("2026-03-02")
    assert "no price on 2026-03-01" in todo_of(broken).description


def test_an_office_of_an_unknown_zone_is_parked(app: Flask) -> None:
    good, broken = offices(2)
    with writing() as session:
        session.get_one(Office, broken.id).time_zone = "Mars/Olympus"
    assert ran("2026-03-02").offices_parked == 1
    with reading():
        assert practice.charged(good) == 2


def test_a_parked_office_waits_for_somebody(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    ran("2026-03-02")
    priced_again(broken)
    assert ran("2026-03-03").cycles_turned == 0


def test_a_mended_office_is_tried_again_with_all_it_missed(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    ran("2026-03-02")
    priced_again(broken)
    with writing() as session:
        again = parking.unpark(session.get_one(Office, broken.id), "test", at("2026-04-02"))
    assert again is not None
    assert months.work(again.id)
    with reading() as session:
        assert practice.charged(broken) == 4
        assert session.scalars(select(ParkedOffice)).one().mended_at == at("2026-04-02")


def test_an_office_that_is_parked_again_opens_its_alert_again(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    ran("2026-03-02")
    todo = todo_of(broken)
    with writing() as session:
        session.get_one(Todo, todo.id).status = TodoStatus.DONE
        parking.unpark(session.get_one(Office, broken.id), "test", at("2026-03-03"))
    ran("2026-03-03")
    assert todo_of(broken).is_open
    assert count(Todo) == 1


def test_each_cycle_of_an_office_leaves_one_audit_event(app: Flask) -> None:
    [office] = offices(1, patients=5)
    ran("2026-05-02")
    turned = (Action.CYCLE_OPENED.value, Action.CYCLE_CLOSED.value)
    events = select(AuditEvent.action).where(AuditEvent.object_ref == office.ref).order_by(AuditEvent.id)
    with reading() as session:
        told = [action for action in session.scalars(events) if action in turned]
    assert told == ["cycle opened", "cycle closed", "cycle closed"]


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


def on_the_wall(name: str, now: str) -> bool:
    with reading() as session:
        return name in [found for found, *_ in reconcile.non_empty(session, at(now))]


def test_an_office_whose_month_was_missed_stands_on_the_wall_for_as_long(app: Flask) -> None:
    offices(1)
    assert not on_the_wall("Months not turned", "2026-03-01T06:59")
    assert on_the_wall("Months not turned", "2026-03-01T07:01")
    ran("2026-03-02")
    assert not on_the_wall("Months not turned", "2026-03-03")


def test_a_parked_office_stands_on_the_wall_and_is_tried_again_from_there(app: Flask) -> None:
    [broken] = offices(1)
    without_price(broken)
    ran("2026-03-02")
    with writing() as session:
        session.scalars(select(ParkedOffice)).one().at = at("2026-03-02")
    assert on_the_wall("Offices left aside", "2026-03-03")
    priced_again(broken)
    with writing() as session:
        reconcile.mend(session, reconcile.named("parked-offices"), broken.id, at("2026-03-03"))
    assert not on_the_wall("Offices left aside", "2026-03-03")
    assert ran("2026-03-03").cycles_turned == 1


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
