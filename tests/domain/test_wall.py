"""The wall: a row counts from its list's age, and its mending mends (FUL-13)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from dashboard import reconcile
from dashboard.errors import NotFound
from dashboard.models import Job, JobState, Message, MessageState, OrderStatus
from dashboard.models.message import Channel
from dashboard.unit import reading, writing
from tests.support import cast, trail

pytestmark = pytest.mark.both


def on_the_wall(now: datetime) -> dict[str, int]:
    with reading() as session:
        return {name: count for name, count, _ in reconcile.non_empty(session, now)}


def job(now: datetime, **values: object) -> None:
    with writing() as session:
        session.add(Job(**{"kind": "orders.dispatch", "run_after": now, "created_at": now, **values}))


def test_a_quiet_firm_has_an_empty_wall(app: Flask, now: datetime) -> None:
    with writing():
        cast.todo(cast.paid_order())
    trail.sealer(app).work(now)
    assert on_the_wall(now + timedelta(minutes=10)) == {}


def test_a_paid_order_without_todo_counts_after_five_minutes(app: Flask, now: datetime) -> None:
    with writing():
        cast.paid_order(paid_at=now)
    assert on_the_wall(now + timedelta(minutes=5)) == {}
    assert on_the_wall(now + timedelta(minutes=5, seconds=1)) == {"Paid orders without a todo": 1}


def test_a_canceled_order_needs_no_todo(app: Flask, now: datetime) -> None:
    with writing():
        cast.paid_order(paid_at=now, status=OrderStatus.CANCELED)
    assert on_the_wall(now + timedelta(hours=1)) == {}


def test_a_job_that_nobody_takes_counts_after_five_minutes(app: Flask, now: datetime) -> None:
    job(now)
    assert on_the_wall(now + timedelta(minutes=4)) == {}
    assert on_the_wall(now + timedelta(minutes=6)) == {"Stuck jobs": 1}


def test_a_job_past_its_lease_is_stuck(app: Flask, now: datetime) -> None:
    job(now, state=JobState.RUNNING, lease_until=now)
    assert on_the_wall(now + timedelta(minutes=6)) == {"Stuck jobs": 1}


def test_a_failed_job_counts_at_once(app: Flask, now: datetime) -> None:
    job(now, state=JobState.FAILED, finished_at=now)
    assert on_the_wall(now) == {"Failed jobs": 1}


def test_mail_that_did_not_go_counts(app: Flask, now: datetime) -> None:
    with writing() as session:
        about = {"channel": Channel.EMAIL, "kind": "intake_needed", "created_at": now}
        session.add_all(Message(key=state.value, state=state, **about) for state in MessageState)
    assert on_the_wall(now + timedelta(minutes=16)) == {"Mail not sent": 4}


def test_an_event_that_nobody_links_counts_after_a_minute(app: Flask) -> None:
    from dashboard import clock

    trail.write_events(3)
    assert on_the_wall(clock.now()) == {}
    assert on_the_wall(clock.now() + timedelta(seconds=61)) == {"Audit events not linked": 3}


def test_mending_asks_for_the_dispatch_again_and_once(app: Flask, now: datetime) -> None:
    with writing():
        order = cast.paid_order(paid_at=now)
    soon = now + timedelta(minutes=6)
    wall = reconcile.named("paid-without-todo")
    for _ in range(2):
        with writing() as session:
            reconcile.mend(session, wall, order.id, soon)
    with reading() as session:
        [asked] = session.query(Job).all()
    assert (asked.kind, asked.ids) == ("orders.dispatch", {"order_id": order.id})


def test_what_is_not_on_the_list_is_not_mended(app: Flask, now: datetime) -> None:
    with writing():
        order = cast.paid_order(paid_at=now)
        cast.todo(order)
    with pytest.raises(NotFound), writing() as session:
        reconcile.mend(session, reconcile.named("paid-without-todo"), order.id, now + timedelta(hours=1))


def test_the_oldest_rows_stand_first(app: Flask, now: datetime) -> None:
    for minutes in (20, 40, 30):
        job(now - timedelta(minutes=minutes))
    with reading() as session:
        [stuck] = [each for each in reconcile.shown(session, now) if each.count]
    assert [now - row.since for row in stuck.rows] == [timedelta(minutes=each) for each in (40, 30, 20)]
