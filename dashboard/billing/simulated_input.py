"""Reading the question that a simulation answers: plain JSON in, a `Case` out, each fault by its field."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from zoneinfo import available_timezones

from dashboard.billing.simulation import EVER, Case, Event
from dashboard.errors import Invalid
from dashboard.models import OfficeStatus, Told

KINDS = {"activate": Told.ACTIVATED, "deactivate": Told.DEACTIVATED}
YEARS = range(1900, 3000)
MOST_CYCLES, MOST_CENTS = 1_200, 10**9
A_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Read = TypeVar("Read")
Reader = Callable[[Any, str], Read]


def case(told: Any) -> Case:
    """The case that this JSON value tells of.

    Raises:
        Invalid: a value is missing, unknown or wrong; `field` is the way to it, such as `events[2].at`.
    """
    known = _record(told, "", {"office", "price_cents", "cycles"}, {"price_versions", "events"})
    office = _record(known["office"], "office.", {"time_zone", "anchor"}, {"status"})
    versions = _each(known.get("price_versions", []), "price_versions", _price)
    if len({day for day, _ in versions}) < len(versions):
        raise Invalid("price_versions", "Two of them have the same effective day.")
    return Case(
        time_zone=_zone(office["time_zone"], "office.time_zone"),
        anchor=_day(office["anchor"], "office.anchor"),
        status=_status(office.get("status", OfficeStatus.ACTIVE.value), "office.status"),
        prices=[(EVER, _cents(known["price_cents"], "price_cents")), *versions],
        events=_each(known.get("events", []), "events", _event),
        cycles=_whole(known["cycles"], "cycles", 1, MOST_CYCLES),
    )


def _record(told: Any, way: str, needed: set[str], more: set[str]) -> Mapping[str, Any]:
    if not isinstance(told, dict):
        raise Invalid(way.rstrip(".") or "the file", "This has to be an object in braces.")
    for name in sorted(needed - told.keys()):
        raise Invalid(f"{way}{name}", "This is missing.")
    for name in sorted(told.keys() - needed - more):
        raise Invalid(f"{way}{name}", f"Unknown. Known here: {', '.join(sorted(needed | more))}.")
    return told


def _each(told: Any, way: str, read: Reader[Read]) -> list[Read]:
    if not isinstance(told, list):
        raise Invalid(way, "This has to be a list in brackets.")
    return [read(item, f"{way}[{number}]") for number, item in enumerate(told)]


def _price(told: Any, way: str) -> tuple[date, int]:
    known = _record(told, f"{way}.", {"effective", "cents"}, set())
    return _day(known["effective"], f"{way}.effective"), _cents(known["cents"], f"{way}.cents")


def _event(told: Any, way: str) -> Event:
    known = _record(told, f"{way}.", {"at", "patient", "kind"}, set())
    kind, patient = known["kind"], known["patient"]
    if not isinstance(kind, str) or kind not in KINDS:
        raise Invalid(f"{way}.kind", f"Unknown. Known are: {', '.join(KINDS)}.")
    if not isinstance(patient, str) or not patient.strip():
        raise Invalid(f"{way}.patient", "Give a word in quotes that stands for the patient.")
    return Event(_instant(known["at"], f"{way}.at"), patient, KINDS[kind])


def _zone(told: Any, way: str) -> str:
    if not isinstance(told, str) or told not in available_timezones():
        raise Invalid(way, "There is no such time zone. Give an IANA name such as America/New_York.")
    return told


def _status(told: Any, way: str) -> OfficeStatus:
    if told not in [status.value for status in OfficeStatus]:
        raise Invalid(way, f"Unknown. Known are: {', '.join(OfficeStatus)}.")
    return OfficeStatus(told)


def _day(told: Any, way: str) -> date:
    try:
        found = date.fromisoformat(told) if isinstance(told, str) and A_DAY.fullmatch(told) else None
    except ValueError:
        found = None
    if found is None or found.year not in YEARS:
        raise Invalid(way, "Give a day that exists as YYYY-MM-DD, such as 2026-01-31.")
    return found


def _instant(told: Any, way: str) -> datetime:
    try:
        found = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        found = None
    if found is None or found.tzinfo is None or found.year not in YEARS:
        raise Invalid(way, "Give a time in UTC as YYYY-MM-DDTHH:MM:SSZ.")
    return found.astimezone(UTC)


def _cents(told: Any, way: str) -> int:
    return _whole(told, way, 0, MOST_CENTS)


def _whole(told: Any, way: str, least: int, most: int) -> int:
    if not isinstance(told, int) or isinstance(told, bool) or not least <= told <= most:
        raise Invalid(way, f"Give a whole number from {least:,} to {most:,}.")
    return told
