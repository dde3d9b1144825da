"""The monthly run parks what it cannot turn, until somebody mends it (BIL-05)."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import reconcile
from dashboard.billing import parking
from dashboard.models import (
    Office,
    ParkedOffice,
    RunState,
    Todo,
    TodoStatus,
)
from dashboard.unit import reading, writing
from jobs import months
from tests.support import practice
from tests.support.turning import at, count, offices, priced_again, ran, todo_of, without_price

pytestmark = pytest.mark.both


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
