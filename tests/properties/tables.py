"""When billing months begin, by hand: the tables of docs/payment-plan.md, which the tests check one by one.

Each row is a cycle's first local day and its first instant in UTC; the first row is the anchor.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True)
class Example:
    """A zone, why it is worth a look, and its boundaries as `local day, UTC instant` a line."""

    zone: str
    why: str
    text: str

    @property
    def rows(self) -> list[tuple[date, datetime]]:
        pairs = [line.split() for line in self.text.strip().splitlines()]
        return [(date.fromisoformat(day), instant(utc)) for day, utc in pairs]

    @property
    def anchor(self) -> date:
        return self.rows[0][0]


def instant(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)


MONTH_ENDS = [
    Example(
        "America/Phoenix",
        "a day that every month has",
        """
        2026-01-28 2026-01-28T07:00Z
        2026-02-28 2026-02-28T07:00Z
        2026-03-28 2026-03-28T07:00Z
        2026-04-28 2026-04-28T07:00Z
        """,
    ),
    Example(
        "America/Phoenix",
        "February has no 29th in 2026",
        """
        2026-01-29 2026-01-29T07:00Z
        2026-02-28 2026-02-28T07:00Z
        2026-03-29 2026-03-29T07:00Z
        2026-04-29 2026-04-29T07:00Z
        """,
    ),
    Example(
        "America/Phoenix",
        "February has no 30th",
        """
        2026-01-30 2026-01-30T07:00Z
        2026-02-28 2026-02-28T07:00Z
        2026-03-30 2026-03-30T07:00Z
        2026-04-30 2026-04-30T07:00Z
        """,
    ),
    Example(
        "America/Phoenix",
        "the last day of each month; the 31st comes back",
        """
        2026-01-31 2026-01-31T07:00Z
        2026-02-28 2026-02-28T07:00Z
        2026-03-31 2026-03-31T07:00Z
        2026-04-30 2026-04-30T07:00Z
        2026-05-31 2026-05-31T07:00Z
        2026-06-30 2026-06-30T07:00Z
        2026-07-31 2026-07-31T07:00Z
        2026-08-31 2026-08-31T07:00Z
        2026-09-30 2026-09-30T07:00Z
        2026-10-31 2026-10-31T07:00Z
        2026-11-30 2026-11-30T07:00Z
        2026-12-31 2026-12-31T07:00Z
        2027-01-31 2027-01-31T07:00Z
        """,
    ),
]

LEAP_YEARS = [
    Example(
        "America/New_York",
        "the 30th, in a February of 29 days",
        """
        2027-12-30 2027-12-30T05:00Z
        2028-01-30 2028-01-30T05:00Z
        2028-02-29 2028-02-29T05:00Z
        2028-03-30 2028-03-30T04:00Z
        """,
    ),
    Example(
        "America/New_York",
        "begun on a leap day: the 29th, and the 28th where there is none",
        """
        2028-02-29 2028-02-29T05:00Z
        2028-03-29 2028-03-29T04:00Z
        2028-04-29 2028-04-29T04:00Z
        2028-05-29 2028-05-29T04:00Z
        2028-06-29 2028-06-29T04:00Z
        2028-07-29 2028-07-29T04:00Z
        2028-08-29 2028-08-29T04:00Z
        2028-09-29 2028-09-29T04:00Z
        2028-10-29 2028-10-29T04:00Z
        2028-11-29 2028-11-29T05:00Z
        2028-12-29 2028-12-29T05:00Z
        2029-01-29 2029-01-29T05:00Z
        2029-02-28 2029-02-28T05:00Z
        2029-03-29 2029-03-29T04:00Z
        """,
    ),
    Example(
        "Europe/London",
        "the last day of each month, over a leap day",
        """
        2028-01-31 2028-01-31T00:00Z
        2028-02-29 2028-02-29T00:00Z
        2028-03-31 2028-03-30T23:00Z
        2028-04-30 2028-04-29T23:00Z
        """,
    ),
]

CLOCKS = [
    Example(
        "America/New_York",
        "begins on the day on which the clocks go forward",
        """
        2026-02-08 2026-02-08T05:00Z
        2026-03-08 2026-03-08T05:00Z
        2026-04-08 2026-04-08T04:00Z
        """,
    ),
    Example(
        "America/New_York",
        "begins on the day on which the clocks go back",
        """
        2026-10-01 2026-10-01T04:00Z
        2026-11-01 2026-11-01T04:00Z
        2026-12-01 2026-12-01T05:00Z
        """,
    ),
    Example(
        "Europe/London",
        "the clocks go forward on March 29",
        """
        2026-02-28 2026-02-28T00:00Z
        2026-03-28 2026-03-28T00:00Z
        2026-04-28 2026-04-27T23:00Z
        """,
    ),
    Example(
        "Europe/London",
        "begins on the day on which the clocks go back",
        """
        2026-09-25 2026-09-24T23:00Z
        2026-10-25 2026-10-24T23:00Z
        2026-11-25 2026-11-25T00:00Z
        """,
    ),
    Example(
        "America/Phoenix",
        "no change of clocks",
        """
        2026-02-08 2026-02-08T07:00Z
        2026-03-08 2026-03-08T07:00Z
        2026-04-08 2026-04-08T07:00Z
        """,
    ),
    Example(
        "Asia/Kathmandu",
        "5 hours and 45 minutes before UTC",
        """
        2026-01-31 2026-01-30T18:15Z
        2026-02-28 2026-02-27T18:15Z
        2026-03-31 2026-03-30T18:15Z
        """,
    ),
    Example(
        "Australia/Lord_Howe",
        "the clocks go back by half an hour on April 5",
        """
        2026-03-05 2026-03-04T13:00Z
        2026-04-05 2026-04-04T13:00Z
        2026-05-05 2026-05-04T13:30Z
        """,
    ),
    Example(
        "Australia/Lord_Howe",
        "the clocks go forward by half an hour on October 4",
        """
        2026-09-04 2026-09-03T13:30Z
        2026-10-04 2026-10-03T13:30Z
        2026-11-04 2026-11-03T13:00Z
        """,
    ),
]

MISSING = [
    Example(
        "Pacific/Apia",
        "December 30, 2011 did not happen there: the month begins as the 31st does",
        """
        2011-11-30 2011-11-30T10:00Z
        2011-12-30 2011-12-30T10:00Z
        2012-01-30 2012-01-29T10:00Z
        2012-02-29 2012-02-28T10:00Z
        """,
    ),
    Example(
        "America/Sao_Paulo",
        "November 4, 2018 had no midnight: the day began at 01:00",
        """
        2018-10-04 2018-10-04T03:00Z
        2018-11-04 2018-11-04T03:00Z
        2018-12-04 2018-12-04T02:00Z
        """,
    ),
    Example(
        "America/Havana",
        "March 8, 2026 has no midnight: the day begins at 01:00",
        """
        2026-02-08 2026-02-08T05:00Z
        2026-03-08 2026-03-08T05:00Z
        2026-04-08 2026-04-08T04:00Z
        """,
    ),
    Example(
        "America/Havana",
        "November 1, 2026 has two midnights: the first one counts",
        """
        2026-10-01 2026-10-01T04:00Z
        2026-11-01 2026-11-01T04:00Z
        2026-12-01 2026-12-01T05:00Z
        """,
    ),
]

TABLES = {
    "Month ends": MONTH_ENDS,
    "Leap years": LEAP_YEARS,
    "Changes of the clocks, and zones": CLOCKS,
    "Days and midnights that are missing or come twice": MISSING,
}
EXAMPLES = [example for table in TABLES.values() for example in table]


def markdown() -> str:
    """All tables, as they stand in docs/payment-plan.md."""
    return "\n".join(line for title, table in TABLES.items() for line in _table(title, table)).rstrip() + "\n"


def _table(title: str, table: list[Example]) -> Iterator[str]:
    yield from (f"### {title}", "")
    yield from (
        "| time zone | what is shown | each month's first day | begins at (UTC) |",
        "|---|---|---|---|",
    )
    for example in table:
        for number, (day, utc) in enumerate(example.rows):
            named = f"{example.zone} | {example.why}" if number == 0 else " | "
            yield f"| {named} | {day} | {utc:%Y-%m-%d %H:%M} |"
    yield ""
