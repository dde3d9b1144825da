"""A unit of work says at its start whether it writes, and the database holds it to its word."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from dashboard.background import later
from dashboard.extensions import db
from dashboard.models import Job, Office
from dashboard.unit import NoUnitOfWork, UnitStillOpen, outside, reading, writing
from tests.conftest import NOW

pytestmark = pytest.mark.both


def office(code: str = "DEMO") -> Office:
    return Office(code=code, name="Demo Family Practice", time_zone="America/New_York", created_at=NOW)


def count(table: type[Office | Job]) -> int:
    with reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_query_outside_a_unit_is_refused(app: Flask) -> None:
    with pytest.raises(NoUnitOfWork):
        db.session.execute(select(Office))
    db.session.rollback()


def test_a_writing_unit_commits_all_of_it(app: Flask) -> None:
    with writing() as session:
        session.add(office())
    assert count(Office) == 1


def test_a_writing_unit_that_breaks_commits_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), writing() as session:
        session.add(office())
        session.flush()
        later("orders.dispatch", order_id=1)
        raise ZeroDivisionError
    assert (count(Office), count(Job)) == (0, 0)


def test_the_database_refuses_a_write_in_a_reading_unit(app: Flask) -> None:
    with pytest.raises(DBAPIError), reading() as session:
        session.add(office())
        session.flush()
    assert count(Office) == 0


def test_a_change_that_a_reading_unit_never_sent_is_refused_too(app: Flask) -> None:
    with pytest.raises(NoUnitOfWork), reading() as session:
        session.add(office())
    assert count(Office) == 0


def test_units_do_not_nest_and_nothing_slow_happens_inside_one(app: Flask) -> None:
    with reading():
        with pytest.raises(UnitStillOpen), writing():
            pass
        with pytest.raises(UnitStillOpen):
            outside()
    outside()


def test_rows_stay_readable_after_their_unit(app: Flask) -> None:
    with writing() as session:
        session.add(made := office())
    assert (made.name, made.code) == ("Demo Family Practice", "DEMO")


def test_asking_again_for_a_live_job_asks_for_nothing(app: Flask) -> None:
    for _ in range(2):
        with writing():
            later("orders.dispatch", key="dispatch:1", order_id=1)
            later("orders.dispatch", key="dispatch:1", order_id=1)
    assert count(Job) == 1


def test_what_a_broken_unit_asked_for_is_forgotten(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        later("orders.dispatch", order_id=1)
        raise ZeroDivisionError
    with writing() as session:
        session.add(office())
    assert count(Job) == 0
