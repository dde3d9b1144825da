"""Plans and their price versions (BIL-06)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard.billing import plans, prices
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import AuditEvent, Plan
from dashboard.unit import writing

pytestmark = pytest.mark.both
MARCH, NOW = date(2026, 3, 1), datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def plan(app: Flask) -> Iterator[Plan]:
    with writing():
        yield plans.create("Plain", 2_00, effective=MARCH, now=NOW)


def test_a_price_holds_from_its_day_until_the_next_begins(plan: Plan) -> None:
    plans.add_price(plan, 2_50, effective=date(2026, 4, 1), now=NOW)
    known = prices.of_plans([plan.id])
    days = [date(2026, 3, 1), date(2026, 3, 31), date(2026, 4, 1)]
    assert [prices.in_force(known, plan.id, day) for day in days] == [2_00, 2_00, 2_50]


def test_a_price_is_on_the_trail(plan: Plan) -> None:
    db.session.flush()
    told = db.session.scalars(select(AuditEvent.changes)).all()
    assert told == [f'{{"cents":200,"effective":"2026-03-01","plan":"{plan.ref}"}}']


def test_a_price_that_began_is_not_rewritten(plan: Plan) -> None:
    with pytest.raises(plans.DayTaken):
        plans.add_price(plan, 3_00, effective=MARCH, now=NOW)


def test_two_plans_have_two_names(plan: Plan) -> None:
    with pytest.raises(plans.NameTaken):
        plans.create(" Plain ", 2_00, effective=MARCH, now=NOW)


@pytest.mark.parametrize("cents", [-1, 100_000_01])
def test_a_price_is_never_negative_nor_absurd(plan: Plan, cents: int) -> None:
    with pytest.raises(Invalid):
        plans.add_price(plan, cents, effective=date(2026, 4, 1), now=NOW)


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_plan_has_a_name(plan: Plan, name: str) -> None:
    with pytest.raises(Invalid):
        plans.create(name, 2_00, effective=MARCH, now=NOW)
