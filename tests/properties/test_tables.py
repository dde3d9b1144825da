"""The tables of docs/payment-plan.md: each row by the rule, a slow calendar, and `flask billing simulate`."""

from __future__ import annotations

import json
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from dashboard.cli.billing import billing
from dashboard.cycles import cycle
from tests.properties import slow_calendar
from tests.properties.tables import EXAMPLES, Example

EACH = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.zone}-{each.anchor}")
EVERYBODY = 3


@EACH
def test_each_month_begins_where_the_table_says(example: Example) -> None:
    zone = ZoneInfo(example.zone)
    reckoned = [cycle(example.anchor, number, zone) for number in range(len(example.rows))]
    assert [(each.start, each.start_utc) for each in reckoned] == example.rows


@EACH
def test_the_slow_calendar_agrees_with_the_table(example: Example) -> None:
    days = [example.anchor]
    while len(days) < len(example.rows):
        days.append(slow_calendar.next_boundary(days[-1], example.anchor))
    assert [(day, slow_calendar.first_instant(day, example.zone)) for day in days] == example.rows


@EACH
def test_a_simulation_gives_the_table_and_charges_each_month(example: Example) -> None:
    months = simulated(example)
    began = [(date.fromisoformat(each["start"]), told(each["start_utc"])) for each in months]
    assert began == example.rows
    ended = [(date.fromisoformat(each["end"]), told(each["end_utc"])) for each in months[:-1]]
    assert ended == example.rows[1:]
    assert {(each["patients"], each["total_cents"]) for each in months} == {(EVERYBODY, EVERYBODY * 2_00)}


def simulated(example: Example) -> list[dict[str, str | int]]:
    """The months of an office whose patients were active from long before on."""
    events = [{"at": "2000-01-01T00:00:00Z", "patient": name, "kind": "activate"} for name in "abc"]
    office = {"time_zone": example.zone, "anchor": example.anchor.isoformat(), "status": "active"}
    case = {"office": office, "price_cents": 200, "events": events, "cycles": len(example.rows)}
    result = CliRunner().invoke(billing, ["simulate", "-"], input=json.dumps(case), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    months: list[dict[str, str | int]] = json.loads(result.output)
    return months


def told(text: str | int) -> datetime:
    return datetime.fromisoformat(str(text).replace("Z", "+00:00"))
