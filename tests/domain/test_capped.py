"""A list's length is counted to 1,001 and no further, and the database knows that when it plans."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from dashboard.billing import charge_lists, invoice_lists, office_lists, patient_lists
from dashboard.capped import MOST_COUNTED
from dashboard.models import Office
from dashboard.unit import reading, writing
from dashboard.web.staff import today_billing
from tests.support import practice

TODAY = date(2026, 3, 2)


def counted(session: Any) -> None:
    for query in today_billing.counts(TODAY).values():
        session.scalar(query)


@pytest.mark.both
@pytest.mark.parametrize(
    "count",
    [
        lambda session: charge_lists.count([]),
        lambda session: office_lists.count([]),
        lambda session: patient_lists.count([]),
        lambda session: invoice_lists.count([]),
        counted,
    ],
    ids=["charges", "offices", "patients", "invoices", "today"],
)
def test_the_cap_is_written_out_and_no_parameter(app: Flask, count: Callable[[Any], object]) -> None:
    told: list[tuple[str, object]] = []
    with reading() as session:
        event.listen(
            session.connection(), "before_cursor_execute", lambda *each: told.append((each[2], each[3]))
        )
        count(session)
    assert told
    assert all(f"LIMIT {MOST_COUNTED}" in words for words, _ in told)
    assert not any(str(MOST_COUNTED) in str(values) for _, values in told)


@pytest.mark.both
def test_a_thousand_and_one_is_as_far_as_anybody_counts(app: Flask) -> None:
    with writing() as session:
        of = practice.office(TODAY)
        common = {"time_zone": "UTC", "name": "Demo Family Practice", "created_at": of.created_at}
        session.add_all(Office(code=f"X{number}", **common) for number in range(MOST_COUNTED + 4))
    with reading():
        assert office_lists.count([]) == MOST_COUNTED
        assert office_lists.count(office_lists.conditions({"q": of.code})) == 1
