"""A time zone is an IANA name; a wrong one is refused with those that may have been meant (OFF-01)."""

from __future__ import annotations

import pytest

from dashboard import zones
from dashboard.billing import offices


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Amercia/Chicago", "America/Chicago"),
        ("america/los_angeles", "America/Los_Angeles"),
        ("New York", "America/New_York"),
        ("honolulu", "Pacific/Honolulu"),
        ("Eastern Time", "America/New_York"),
        ("US Pacific", "America/Los_Angeles"),
        ("CST", "America/Chicago"),
        ("Denver time", "America/Denver"),
    ],
)
def test_the_likeliest_zone_is_offered_first(typed: str, meant: str) -> None:
    assert zones.near(typed)[0] == meant


def test_nothing_is_offered_where_nothing_is_near() -> None:
    assert zones.near("Mars/Olympus") == []
    assert "America/New_York" in zones.refusal("Mars/Olympus")


def test_those_of_the_united_states_come_first_and_each_stands_once() -> None:
    names = zones.offered()
    assert names[: len(zones.US)] == zones.US
    assert len(set(names)) == len(names)
    assert set(names) <= zones.known()


def test_the_refusal_names_the_field_and_what_may_be_meant() -> None:
    with pytest.raises(offices.UnknownZone, match="Did you mean America/Denver") as no:
        offices.checked_zone("America/Denvr")
    assert no.value.field == "time_zone"


@pytest.mark.parametrize("name", ["localtime", "Factory", "", "../etc/passwd"])
def test_what_is_no_place_is_no_zone(name: str) -> None:
    with pytest.raises(offices.UnknownZone):
        offices.checked_zone(name)
