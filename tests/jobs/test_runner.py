"""The runner: each job is claimed once, its end is recorded, and a lost one is tried again (design, Jobs)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import audit, clock
from dashboard.audit import Action
from dashboard.errors import Invalid
from dashboard.models import AuditEvent, Job
from dashboard.unit import reading, writing
from jobs import leases
from jobs.registry import finishing
from jobs.run import run
from tests.support.work import asked, change, kind, make_due, row

pytestmark = pytest.mark.both
PAST = datetime(2020, 1, 1, tzinfo=UTC)


def nothing(**_: object) -> None:
    """Work that is done at once."""


def broken(**_: object) -> None:
    raise TimeoutError("a text that may hold somebody's name")


def test_a_job_runs_with_its_numbers_and_is_done(app: Flask) -> None:
    seen = []
    with kind("test.see", lambda order_id: seen.append(order_id)):
        number = asked("test.see", order_id=7)
        run(number)
    assert seen == [7]
    assert (row(number).state, row(number).lease_until) == ("done", None)


def test_a_job_handed_over_twice_runs_once(app: Flask) -> None:
    seen = []
    with kind("test.see", lambda: seen.append(1)):
        number = asked("test.see")
        run(number)
        run(number)
    assert seen == [1]


def test_of_eight_claims_at_once_one_wins(app: Flask) -> None:
    seen: list[int] = []

    def take(number: int) -> None:
        with app.app_context():
            run(number)

    with kind("test.see", lambda: seen.append(1)):
        number = asked("test.see")
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(take, [number] * 8))
    assert seen == [1]


def test_a_job_is_not_run_before_its_time(app: Flask) -> None:
    with kind("test.see", nothing):
        number = asked("test.see", run_after=clock.now() + timedelta(minutes=1))
        run(number)
    assert row(number).state == "ready"


def test_a_failure_is_tried_again_later_each_time_and_at_last_given_up(app: Flask) -> None:
    with kind("test.break", broken, tries=3):
        number = asked("test.break")
        for pause in (timedelta(seconds=5), timedelta(seconds=15)):
            before = clock.now()
            run(number)
            assert before + pause <= row(number).run_after <= clock.now() + pause
            make_due(number)
        run(number)
    found = row(number)
    assert (found.state, found.attempts, found.error_class) == ("failed", 3, "TimeoutError")
    assert "broken" in found.error_place
    assert found.error_note is None, "an error's text may hold somebody's data"


def test_the_businesss_no_is_final_and_keeps_its_words(app: Flask) -> None:
    def refuse() -> None:
        raise Invalid("npi", "This NPI does not check.")

    with kind("test.refuse", refuse):
        number = asked("test.refuse")
        run(number)
    assert (row(number).state, row(number).error_note) == ("failed", "This NPI does not check.")
    with reading() as session:
        assert session.scalars(select(AuditEvent.action)).all() == ["job failed"]


def test_a_key_asks_once_while_a_job_of_it_lives(app: Flask) -> None:
    with kind("test.see", nothing):
        first = asked("test.see", key="one")
        assert asked("test.see", key="one") == first
        run(first)
        assert asked("test.see", key="one") != first


def test_three_workers_lost_is_taken_for_killing_them(app: Flask) -> None:
    with kind("test.see", nothing):
        number = asked("test.see")
        for _ in range(3):
            change(number, state="running", lease_until=PAST, attempts=row(number).attempts + 1)
            assert leases.reap() == 1
    assert (row(number).state, row(number).error_class) == ("failed", "WorkerLost")
    assert row(number).error_note == "killed its worker three times"


def test_a_worker_that_starts_takes_back_what_its_name_held(app: Flask) -> None:
    with kind("test.see", nothing):
        number = asked("test.see")
        later = datetime.now(UTC) + timedelta(hours=1)
        change(number, state="running", worker="worker now 1", lease_until=later)
        assert leases.release("worker now 2") == 0
        assert leases.release("worker now 1") == 1
        run(number)
    assert row(number).state == "done"


def test_finishing_without_the_lease_rolls_all_of_it_back(app: Flask) -> None:
    def lose_the_lease() -> None:
        change(number, state="ready", attempts=2)
        with finishing():
            audit.record(Action.EXPORTED, changes={"what": "never"})

    with kind("test.late", lose_the_lease):
        number = asked("test.late")
        run(number)
    with reading() as session:
        assert session.scalars(select(AuditEvent.action)).all() == []
    assert (row(number).state, row(number).attempts) == ("ready", 2)


def test_a_failure_after_the_lease_was_lost_changes_nothing(app: Flask) -> None:
    def lose_and_break() -> None:
        change(number, attempts=2)
        raise TimeoutError

    with kind("test.late", lose_and_break):
        number = asked("test.late")
        run(number)
    assert (row(number).state, row(number).error_class) == ("running", None)


def test_effect_and_end_are_one_commit(app: Flask) -> None:
    def half() -> None:
        with finishing():
            audit.record(Action.EXPORTED, changes={"what": "half"})
            raise TimeoutError

    with kind("test.half", half):
        number = asked("test.half")
        run(number)
    assert row(number).state == "ready"
    with reading() as session:
        assert session.scalars(select(AuditEvent.id)).all() == []


def test_an_unknown_kind_waits_for_the_upgrade_and_then_fails_by_name(app: Flask) -> None:
    with writing() as session:
        now = clock.now()
        session.add(Job(kind="test.newer", run_after=now, created_at=now))
    with reading() as session:
        number = int(session.scalar(select(Job.id)) or 0)
    run(number)
    assert row(number).state == "ready"
    change(number, created_at=now - timedelta(minutes=11))
    make_due(number)
    run(number)
    assert (row(number).state, row(number).error_class) == ("failed", "UnknownKind")
    assert "test.newer" in row(number).error_note


def test_a_lease_is_held_by_one_until_it_is_over(app: Flask) -> None:
    assert leases.held("sealer", "a", 30)
    assert not leases.held("sealer", "b", 30)
    assert leases.held("sealer", "a", -1), "its holder may extend or shorten it"
    assert leases.held("sealer", "b", 30)
