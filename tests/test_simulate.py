"""`flask billing simulate` says what an office would pay: tables of month ends, clocks, leap years, zones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard.billing import simulated_input
from dashboard.billing.simulation import Month
from dashboard.cli.simulating import simulated
from dashboard.errors import Invalid

ROOT = Path(__file__).resolve().parent.parent
FLASK = [sys.executable, "-m", "flask", "--app", str(ROOT / "wsgi.py"), "billing", "simulate"]
TOLD = {
    "office": {"time_zone": "America/New_York", "anchor": "2026-01-31", "status": "active"},
    "price_cents": 200,
    "price_versions": [{"effective": "2026-02-15", "cents": 250}],
    "events": [{"at": "2026-01-10T12:00:00Z", "patient": "a", "kind": "activate"}],
    "cycles": 14,
}


def office(anchor: str, zone: str = "America/New_York", status: str = "active") -> dict[str, str]:
    return {"time_zone": zone, "anchor": anchor, "status": status}


def months(events: str = "", **more: Any) -> list[Month]:
    """The simulated cycles; `events` are like `+2026-03-10T12:00:00Z` for an activation, `-` for its end."""
    kinds = {"+": "activate", "-": "deactivate"}
    told = [{"at": each[1:], "patient": "a", "kind": kinds[each[0]]} for each in events.split()]
    return simulated(simulated_input.case({"price_cents": 200, "cycles": 3, "events": told, **more}))


def starts(anchor: str, cycles: int, zone: str = "America/New_York") -> str:
    return " ".join(month.start.isoformat() for month in months(office=office(anchor, zone), cycles=cycles))


def in_utc(anchor: str, zone: str) -> str:
    [month] = months(office=office(anchor, zone), cycles=1)
    return f"{month.start_utc:%Y-%m-%dT%H:%M} {month.end_utc:%Y-%m-%dT%H:%M}"


def said(text: str, *words: str) -> subprocess.CompletedProcess[str]:
    """The command in an empty environment: no secrets, no database, no set-up."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [*FLASK, *(words or ("-",))], input=text, env=clean, capture_output=True, text=True, check=False
    )


def test_the_command_prints_a_list_of_cycles(tmp_path: Path) -> None:
    asked = tmp_path / "case.json"
    asked.write_text(json.dumps(TOLD))
    done = said("", str(asked))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer[:2] == [
        {
            "start": "2026-01-31",
            "end": "2026-02-28",
            "start_utc": "2026-01-31T05:00:00Z",
            "end_utc": "2026-02-28T05:00:00Z",
            "patients": 1,
            "total_cents": 200,
        },
        {
            "start": "2026-02-28",
            "end": "2026-03-31",
            "start_utc": "2026-02-28T05:00:00Z",
            "end_utc": "2026-03-31T04:00:00Z",
            "patients": 1,
            "total_cents": 250,
        },
    ]
    assert len(answer) == 14


def test_the_command_reads_standard_input_and_names_what_is_wrong() -> None:
    done = said(json.dumps(TOLD | {"price_cents": -1}))
    assert done.returncode == 1
    assert "price_cents: Give a whole number" in done.stderr


def test_the_command_refuses_what_is_no_json() -> None:
    done = said("{")
    assert done.returncode == 1
    assert "is no JSON" in done.stderr


@pytest.mark.parametrize(
    ("anchor", "cycles", "expected"),
    [
        ("2026-01-31", 5, "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"),
        ("2026-01-30", 3, "2026-01-30 2026-02-28 2026-03-30"),
        ("2026-10-31", 4, "2026-10-31 2026-11-30 2026-12-31 2027-01-31"),
        ("2028-01-31", 3, "2028-01-31 2028-02-29 2028-03-31"),
        ("2028-01-29", 3, "2028-01-29 2028-02-29 2028-03-29"),
        ("2100-01-29", 3, "2100-01-29 2100-02-28 2100-03-29"),
    ],
)
def test_a_month_end_is_clamped_and_comes_back(anchor: str, cycles: int, expected: str) -> None:
    assert starts(anchor, cycles) == expected


def test_an_anchor_on_a_leap_day_is_the_28th_in_other_years() -> None:
    assert starts("2024-02-29", 49).split()[::12] == [
        "2024-02-29",
        "2025-02-28",
        "2026-02-28",
        "2027-02-28",
        "2028-02-29",
    ]


@pytest.mark.parametrize(
    ("anchor", "zone", "expected"),
    [
        ("2026-03-01", "America/New_York", "2026-03-01T05:00 2026-04-01T04:00"),
        ("2026-10-15", "America/New_York", "2026-10-15T04:00 2026-11-15T05:00"),
        ("2026-03-08", "America/New_York", "2026-03-08T05:00 2026-04-08T04:00"),
        ("2026-11-01", "America/New_York", "2026-11-01T04:00 2026-12-01T05:00"),
        ("2026-03-01", "America/Phoenix", "2026-03-01T07:00 2026-04-01T07:00"),
        ("2026-03-01", "Pacific/Honolulu", "2026-03-01T10:00 2026-04-01T10:00"),
        ("2026-03-01", "Asia/Kathmandu", "2026-02-28T18:15 2026-03-31T18:15"),
        ("2026-03-01", "Pacific/Kiritimati", "2026-02-28T10:00 2026-03-31T10:00"),
        ("2026-03-01", "UTC", "2026-03-01T00:00 2026-04-01T00:00"),
        ("2026-10-04", "Australia/Lord_Howe", "2026-10-03T13:30 2026-11-03T13:00"),
    ],
)
def test_a_cycle_begins_at_local_midnight_whatever_the_clocks_do(
    anchor: str, zone: str, expected: str
) -> None:
    assert in_utc(anchor, zone) == expected


@pytest.mark.parametrize(
    ("anchor", "zone", "expected"),
    [
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00 2018-12-04T02:00"),
        ("2023-04-28", "Africa/Cairo", "2023-04-27T22:00 2023-05-27T21:00"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00 2012-01-29T10:00"),
        ("2026-11-01", "America/Havana", "2026-11-01T04:00 2026-12-01T05:00"),
    ],
)
def test_a_missing_midnight_is_the_first_instant_and_of_two_it_is_the_first(
    anchor: str, zone: str, expected: str
) -> None:
    assert in_utc(anchor, zone) == expected


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ("", [0, 0, 0]),
        ("+2026-01-05T00:00:00Z", [1, 1, 1]),
        ("+2026-01-05T00:00:00Z -2026-02-01T00:00:00Z", [0, 0, 0]),
        ("+2026-03-10T00:00:00Z", [1, 1, 1]),
        ("+2026-03-10T00:00:00Z -2026-03-20T00:00:00Z", [1, 0, 0]),
        ("+2026-03-10T00:00:00Z -2026-04-01T03:59:59Z", [1, 0, 0]),
        ("+2026-03-10T00:00:00Z -2026-04-01T04:00:00Z", [1, 1, 0]),
        ("+2026-04-01T03:59:59Z", [1, 1, 1]),
        ("+2026-04-01T04:00:00Z", [0, 1, 1]),
        ("+2026-03-10T00:00:00Z -2026-03-11T00:00:00Z +2026-03-12T00:00:00Z", [1, 1, 1]),
        ("+2026-03-10T00:00:00Z -2026-03-11T00:00:00Z +2026-05-12T00:00:00Z", [1, 0, 1]),
        ("+2026-06-01T04:00:00Z", [0, 0, 0]),
    ],
)
def test_who_is_active_at_the_first_instant_or_activated_in_the_cycle_is_charged(
    events: str, expected: list[int]
) -> None:
    assert [month.patients for month in months(events, office=office("2026-03-01"))] == expected


@pytest.mark.parametrize(
    ("status", "patients", "cents"),
    [("active", 1, 200), ("past_due", 1, 200), ("trialing", 1, 0), ("inactive", 0, 0), ("canceled", 0, 0)],
)
def test_the_status_decides_what_is_charged(status: str, patients: int, cents: int) -> None:
    found = months("+2026-03-10T00:00:00Z", office=office("2026-03-01", status=status))
    assert {(month.patients, month.total_cents) for month in found} == {(patients, cents)}


def test_the_price_in_force_at_the_first_instant_holds_for_the_cycle() -> None:
    prices = [{"effective": "2026-04-01", "cents": 250}, {"effective": "2026-04-02", "cents": 300}]
    found = months("+2026-03-10T00:00:00Z", office=office("2026-03-01"), price_versions=prices)
    assert [month.total_cents for month in found] == [200, 250, 300]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"office": {"anchor": "2026-01-31"}}, "office.time_zone"),
        ({"office": office("2026-01-31", "Mars/Olympus")}, "office.time_zone"),
        ({"office": office("2026-01-31", "../etc/passwd")}, "office.time_zone"),
        ({"office": office("2026-02-30")}, "office.anchor"),
        ({"office": office("20260131")}, "office.anchor"),
        ({"office": office("2026-01-31", status="asleep")}, "office.status"),
        ({"office": office("2026-01-31", status=["active"])}, "office.status"),  # type: ignore[arg-type]
        ({"office": []}, "office"),
        ({"price_cents": -1}, "price_cents"),
        ({"price_cents": 2.5}, "price_cents"),
        ({"price_cents": True}, "price_cents"),
        ({"price_cents": "200"}, "price_cents"),
        ({"price_versions": [{"effective": "2026-02-15", "cents": -1}]}, "price_versions[0].cents"),
        ({"price_versions": [{"effective": "soon", "cents": 1}]}, "price_versions[0].effective"),
        ({"price_versions": [{"effective": "2026-02-15", "cents": 1}] * 2}, "price_versions"),
        ({"events": {}}, "events"),
        ({"events": ["a"]}, "events[0]"),
        ({"events": [{"at": "2026-01-10", "patient": "a", "kind": "activate"}]}, "events[0].at"),
        ({"events": [{"at": "2026-01-10T12:00:00", "patient": "a", "kind": "activate"}]}, "events[0].at"),
        (
            {"events": [{"at": "0001-01-01T00:00:00+14:00", "patient": "a", "kind": "activate"}]},
            "events[0].at",
        ),
        (
            {"events": [{"at": "2026-01-10T12:00:00Z", "patient": "", "kind": "activate"}]},
            "events[0].patient",
        ),
        ({"events": [{"at": "2026-01-10T12:00:00Z", "patient": "a", "kind": "pause"}]}, "events[0].kind"),
        ({"cycles": 0}, "cycles"),
        ({"cycles": 100_000}, "cycles"),
        ({"event": []}, "event"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        simulated_input.case(TOLD | change)
    assert refused.value.field == field
