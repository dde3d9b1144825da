"""The staff to be screened: from rows of values or from a CSV text, with errors by line (INT-01)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dashboard.intake import values
from dashboard.intake.answers import RosterMember

MOST_MEMBERS = 500
COLUMNS = ("name", "other_names", "npi", "date_of_birth")
HEADINGS = {
    "name": "name",
    "full name": "name",
    "staff name": "name",
    "other names": "other_names",
    "other name": "other_names",
    "former names": "other_names",
    "npi": "npi",
    "date of birth": "date_of_birth",
    "dob": "date_of_birth",
    "birth date": "date_of_birth",
}

Rows = Iterator[tuple[int, Mapping[str, Any]]]
Result = tuple[tuple[RosterMember, ...], list[str]]


def from_rows(rows: Sequence[Any]) -> Result:
    """The members of a list of objects, and what is wrong with the others ("row 3: ...")."""
    wrong = [
        f"row {number}: give an object with a name."
        for number, row in counted(rows)
        if not isinstance(row, dict)
    ]
    members, problems = gathered(
        "row", ((number, row) for number, row in counted(rows) if isinstance(row, dict))
    )
    return members, wrong + problems


def counted(rows: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    return iter(enumerate(rows, start=1))


def from_csv(text: str) -> Result:
    """The members of a CSV text, and what is wrong with its other lines ("line 3: ...").

    The first line may name the columns; without such a line they are name, other names, NPI, date of birth.
    Several other names stand in one cell, separated by semicolons.
    """
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), skipinitialspace=True)
    try:
        table = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        return (), [f"line {reader.line_num}: this is not CSV. Check its quotation marks."]
    columns = headings(table[0][1]) if table else None
    if columns is None:
        return gathered("line", rows_of(table, COLUMNS))
    return gathered("line", rows_of(table[1:], columns))


def headings(cells: list[str]) -> tuple[str, ...] | None:
    """The columns that a first line names; None if it is already a member."""
    named = tuple(HEADINGS.get(re.sub(r"[\s_-]+", " ", cell).strip().casefold(), "") for cell in cells)
    return named if "name" in named else None


def rows_of(table: list[tuple[int, list[str]]], columns: tuple[str, ...]) -> Rows:
    for number, cells in table:
        yield number, {name: cell for name, cell in zip(columns, cells, strict=False) if name}


def gathered(word: str, rows: Rows) -> Result:
    members: list[RosterMember] = []
    problems: list[str] = []
    for number, row in rows:
        try:
            members.append(member(row))
        except values.Refused as error:
            problems.append(f"{word} {number}: {error}")
    if len(members) > MOST_MEMBERS:
        problems.append(f"List at most {MOST_MEMBERS} people; these are {len(members)}.")
    return tuple(members), problems


def member(row: Mapping[str, Any]) -> RosterMember:
    """One person from a row of texts; raises `Refused` when a value is wrong or the name is missing."""
    name, npi, born = (cell(row.get(key)) for key in ("name", "npi", "date_of_birth"))
    if not name:
        raise values.Refused("the name is missing.")
    return RosterMember(
        name=values.words(200)(name),
        other_names=tuple(values.words(200)(other) for other in other_names(row.get("other_names"))),
        npi=values.npi_number(npi) if npi else None,
        date_of_birth=values.day(born) if born else None,
    )


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str | int) and not isinstance(value, bool) and values.is_storable(str(value)):
        return values.clean(str(value))
    raise values.Refused("a value here is no readable text.")


def other_names(value: object) -> list[str]:
    parts = value if isinstance(value, list) else cell(value).split(";")
    return [name for name in map(cell, parts) if name]
