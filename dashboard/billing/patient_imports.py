"""Many patients from a CSV file, a chunk at a time: killed in between, it goes on where it was (spec PAT-01).

Every line is checked before the first patient is added, so one bad line can keep out all of them if that was
chosen. The text of the file is sealed while it waits, and destroyed at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import undefer

from dashboard import actor, audit
from dashboard.audit import Action
from dashboard.background import later
from dashboard.billing import months, newcomers, patient_rows, patients
from dashboard.billing.patient_rows import Reading, Row, Wrong
from dashboard.crypto import naming
from dashboard.extensions import db
from dashboard.models import ImportState, Office, PatientImport

AT_ONCE = 500
TAKEN = "Another patient of this office has this record number."


def ask(office: Office, data: bytes, *, all_or_nothing: bool, now: datetime) -> PatientImport:
    """Have the patients of an uploaded file added by a job; `all_or_nothing` adds none if a line is bad.

    Raises:
        NotAFile: it is no table of patients.
    """
    text = patient_rows.text_of(data)
    patient_rows.check_heading(text.splitlines(keepends=True))
    asked = PatientImport(
        office_id=office.id,
        asked_by=actor.current().user_id,
        all_or_nothing=all_or_nothing,
        content=text,
        created_at=now,
    )
    db.session.add(asked)
    db.session.flush()
    audit.record(Action.PATIENTS_IMPORTED, asked, changes={"state": asked.state.value})
    later("patients.import", key=f"import:{asked.ref}", import_id=asked.id)
    return asked


def with_file(import_id: int) -> PatientImport:
    """An import with the text of its file, which every other look at it leaves in the database."""
    content = undefer(PatientImport._content)
    return db.session.get_one(PatientImport, import_id, options=[content], populate_existing=True)


def reading_of(asked: PatientImport, office: Office) -> Reading:
    """The file as it was when it was asked for: the same rows however often it is read."""
    lines = (asked.content or "").splitlines(keepends=True)
    return patient_rows.read(lines, ZoneInfo(office.time_zone), asked.created_at)


def begin(asked: PatientImport, reading: Reading, known: Sequence[Wrong]) -> None:
    """Say how many rows are good, and everything that is wrong with the others. Harmless to repeat.

    `known` are the rows whose record numbers the office had a moment ago, as `taken` gives them.
    """
    if asked.state is not ImportState.WAITING:
        return
    asked.rows = len(reading.rows) + len({each.line for each in reading.wrong})
    _tell(asked, [*reading.wrong, *known])
    asked.state = ImportState.RUNNING


def add_chunk(asked: PatientImport, rows: Sequence[Row], now: datetime, most: int) -> bool:
    """Add the next of the rows that `to_add` gave, at most so many; gives whether more are to come.

    A record number that the office has learned meanwhile is one more wrong line.
    """
    chunk = rows[asked.next_row : asked.next_row + most]
    office = months.up_to_date(asked.office_id, now)
    if learned := taken(office.id, _good(asked, chunk)):
        _tell(asked, learned)
    good = _good(asked, chunk)
    newcomers.add(office, [(row.identity, row.activated_at) for row in good], now)
    asked.next_row += len(chunk)
    asked.added += len(good)
    return asked.next_row < len(rows)


def _good(asked: PatientImport, rows: Sequence[Row]) -> list[Row]:
    bad = {line for line, _, _ in asked.problems}
    return [row for row in rows if row.line not in bad]


def _tell(asked: PatientImport, wrong: Sequence[Wrong]) -> None:
    told = [[each.line, each.field, each.message] for each in wrong]
    asked.problems = sorted([*asked.problems, *told])


def to_add(asked: PatientImport, reading: Reading) -> list[Row]:
    """The rows to go through: none, if a line was wrong before the first was added and all or nothing was
    chosen.
    """
    is_kept_out = asked.all_or_nothing and asked.problems and not asked.next_row
    return [] if is_kept_out else reading.rows


def finish(asked: PatientImport, now: datetime) -> None:
    """Destroy the file's text and say how it ended. Harmless to repeat."""
    if asked.state is ImportState.DONE:
        return
    asked.state, asked.content, asked.finished_at = ImportState.DONE, None, now
    told = {"state": asked.state.value, "added": asked.added, "refused": asked.rows - asked.added}
    audit.record(Action.PATIENTS_IMPORTED, asked, changes=told)


def taken(office_id: int, rows: Sequence[Row]) -> list[Wrong]:
    """The lines whose record number a patient of the office has already."""
    numbered = [(naming.mrn_token(row.identity.mrn), row.line) for row in rows if row.identity.mrn]
    found: set[int] = set()
    for first in range(0, len(numbered), AT_ONCE):
        some = dict(numbered[first : first + AT_ONCE])
        found |= {some[token] for token in patients.taken_mrns(office_id, list(some))}
    return [Wrong(line, "mrn", TAKEN) for line in sorted(found)]
