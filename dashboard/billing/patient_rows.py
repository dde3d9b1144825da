"""Reading a CSV file of patients: every row checked, what is wrong told by line and field (spec PAT-01).

Nothing here asks the database. What is reported never repeats a value, not even an unknown column's name: a
file without a heading has a patient there.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboard.billing import identities
from dashboard.billing.identities import Identity
from dashboard.crypto import naming, normal
from dashboard.cycles import first_instant
from dashboard.errors import Invalid

MOST_ROWS = 50_000
MOST_BYTES = 20_000_000
COLUMNS = (*identities.FIELDS, "activated_at")
ALSO = {
    "dob": "date_of_birth",
    "birth_date": "date_of_birth",
    "record_number": "mrn",
    "active_since": "activated_at",
}


class NotAFile(Invalid):
    """The file as a whole cannot be read."""

    code = "NOT_A_CSV_FILE"

    def __init__(self, message: str) -> None:
        super().__init__("file", message)


@dataclass(frozen=True, slots=True)
class Row:
    """A good row: its line, who it is, and from when on the patient is active (UTC), if at all."""

    line: int
    identity: Identity
    activated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong in one field of a line."""

    line: int
    field: str
    message: str


@dataclass(slots=True)
class Reading:
    """The good rows in the file's order, and what is wrong with the others."""

    rows: list[Row] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def text_of(data: bytes) -> str:
    """An uploaded file as text: UTF-8, or as a spreadsheet of old writes it.

    Raises:
        NotAFile: it is empty, too large, or no text.
    """
    if not data.strip():
        raise NotAFile("The file is empty.")
    if len(data) > MOST_BYTES:
        raise NotAFile(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise NotAFile("This is no text. Save the table as CSV (UTF-8).")


def read(lines: Iterable[str], zone: ZoneInfo, now: datetime) -> Reading:
    """The patients in these lines; the first names the columns. `now` is UTC, `zone` the office's.

    A row whose record number an earlier row of the file has is wrong.

    Raises:
        NotAFile: a first line that names no columns, too many rows.
    """
    found, seen = Reading(), dict[str, int]()
    for number, (line, cells) in enumerate(_cells(lines, found)):
        if number >= MOST_ROWS:
            raise NotAFile(f"The file has more than {MOST_ROWS:,} rows. Split it.")
        row, wrong = _row(line, cells, zone, now)
        if row and (first := _taken(row, seen)):
            row, wrong = None, [Wrong(line, "mrn", f"Line {first} has the same record number.")]
        found.rows += [row] if row else []
        found.wrong += wrong
    return found


def check_heading(lines: Iterable[str]) -> None:
    """Raises NotAFile where the first line names no columns. The rest is read by the job."""
    next(_cells(lines, Reading()), None)


def _cells(lines: Iterable[str], found: Reading) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row that is not empty, with the line on which it begins, by the names of its columns."""
    reader = csv.reader(lines, skipinitialspace=True)
    columns, line = None, 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            found.wrong.append(Wrong(line, "file", "This is not CSV. Check the quotation marks."))
            break
        if any(cell.strip() for cell in cells):
            if columns is None:
                columns = _columns(cells)
            else:
                yield line, dict(zip(columns, cells, strict=False))
        line = reader.line_num + 1
    if columns is None:
        raise NotAFile("The file is empty.")


def _columns(cells: list[str]) -> list[str]:
    names = [re.sub(r"[^a-z]+", "_", cell.removeprefix("\ufeff").casefold()).strip("_") for cell in cells]
    named = [ALSO.get(name, name) for name in names]
    for number, name in enumerate(named, start=1):
        if name not in COLUMNS or name in named[: number - 1]:
            known = ", ".join(COLUMNS)
            raise NotAFile(f"Column {number} is unknown, or there twice. The first line may name: {known}.")
    if "name" not in named:
        raise NotAFile("There is no column called name.")
    return named


def _row(
    line: int, cells: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> tuple[Row | None, list[Wrong]]:
    identity, problems = identities.read(cells, now.astimezone(zone).date())
    wrong = [Wrong(line, each.field, each.message) for each in problems]
    active, complaint = _instant(cells.get("activated_at", "").strip(), zone, now)
    wrong += [Wrong(line, "activated_at", complaint)] if complaint else []
    return (None, wrong) if wrong or identity is None else (Row(line, identity, active), [])


def _instant(text: str, zone: ZoneInfo, now: datetime) -> tuple[datetime | None, str | None]:
    """A day is its first instant at the office; a time without an offset is the office's own."""
    if not text:
        return None, None
    try:
        at = _parsed(text, zone)
    except (ValueError, OverflowError):
        return None, "Write a day like 2026-03-31, or a time like 2026-03-31T09:30."
    if at > now:
        return None, "This lies in the future."
    return at, None


def _parsed(text: str, zone: ZoneInfo) -> datetime:
    if len(text) <= len("2026-03-31"):
        return first_instant(date.fromisoformat(text), zone)
    at = datetime.fromisoformat(text)
    if not 1900 <= at.year <= 2100:
        raise ValueError
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _taken(row: Row, seen: dict[str, int]) -> int | None:
    """The line of the file that has this record number already."""
    if not row.identity.mrn:
        return None
    first = seen.setdefault(normal(naming.mrn_form(row.identity.mrn)), row.line)
    return first if first != row.line else None
