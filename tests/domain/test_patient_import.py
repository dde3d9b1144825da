"""Patients from a CSV file: good rows kept or none, every bad one told by line and field (PAT-01)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard import clock
from dashboard.billing import patient_imports, patient_rows, patients
from dashboard.billing.identities import Identity
from dashboard.billing.patient_rows import NotAFile, Reading, read
from dashboard.models import AuditEvent, ImportState, Job, Office, Patient, PatientImport
from dashboard.rows import found
from dashboard.unit import reading, writing
from jobs.patients import import_patients
from tests.support import practice

ZONE = ZoneInfo("America/New_York")
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
HEADING = "name,date_of_birth,email,phone,mrn,activated_at\n"
GOOD = HEADING + "Ann Sample,1980-01-02,ann@example.test,555 010 0101,A1,2026-03-01\nBob Sample,,,,,\n"
BAD = "Cid Sample,1980-99-01,ann@,1,B1,\n,,,,,2099-03-09\n"


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return practice.office(date(2026, 3, 1))


def rows_of(text: str) -> Reading:
    return read(text.splitlines(keepends=True), ZONE, NOW)


def asked(office: Office, text: str, *, all_or_nothing: bool = False) -> int:
    with writing():
        return patient_imports.ask(office, text.encode(), all_or_nothing=all_or_nothing, now=clock.now()).id


def ended(import_id: int) -> PatientImport:
    with reading():
        return patient_imports.with_file(import_id)


def names(office: Office) -> list[str | None]:
    with reading() as session:
        ours = select(Patient).where(Patient.office_id == office.id).order_by(Patient.id)
        return [patient.name for patient in session.scalars(ours)]


def test_a_row_is_a_patient_and_from_when_it_is_active() -> None:
    ann, bob = rows_of(GOOD).rows
    assert ann.identity == Identity("Ann Sample", "1980-01-02", "ann@example.test", "555 010 0101", "A1")
    assert ann.activated_at == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert (bob.identity, bob.activated_at) == (Identity("Bob Sample"), None)


def test_everything_wrong_is_told_by_line_and_field_and_no_value_is_repeated() -> None:
    wrong = rows_of(GOOD + BAD).wrong
    assert [(each.line, each.field) for each in wrong] == [
        (4, "date_of_birth"),
        (4, "email"),
        (4, "phone"),
        (5, "name"),
        (5, "activated_at"),
    ]
    told = " ".join(each.message for each in wrong)
    assert not any(value in told for value in ("Cid", "1980-99-01", "ann@,", "B1"))


def test_a_line_is_where_its_row_begins_even_after_a_cell_of_two_lines() -> None:
    found = rows_of('name,mrn\n"Ann\nSample",1\n\nBob Sample,🙂\n')
    assert [row.line for row in found.rows] == [2]
    assert [(each.line, each.field) for each in found.wrong] == [(5, "mrn")]


def test_a_record_number_that_comes_twice_is_wrong_the_second_time() -> None:
    found = rows_of("name,mrn\nAnn Sample,A-1\nBob Sample,a1\n")
    assert ([row.line for row in found.rows], [(w.line, w.field) for w in found.wrong]) == ([2], [(3, "mrn")])


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01T09:30", "2026-03-01T14:30"),
        ("2026-03-01T09:30Z", "2026-03-01T09:30"),
        ("2026-03-01T09:30+02:00", "2026-03-01T07:30"),
    ],
)
def test_a_time_without_an_offset_is_the_offices_own(text: str, at: str) -> None:
    [row] = rows_of(f"name,activated_at\nAnn Sample,{text}\n").rows
    assert row.activated_at == datetime.fromisoformat(at).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-03-03", "0001-01-01T00:00", "2026-13-01", "9999-12-31T23:59"]
)
def test_a_time_that_cannot_be_is_wrong(text: str) -> None:
    found = rows_of(f"name,activated_at\nAnn Sample,{text}\n")
    assert [each.field for each in found.wrong] == ["activated_at"]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "Ann Sample,1980-01-02\nBob Sample,\n", "mrn\n1\n", "name,name\nAnn,Bob\n"]
)
def test_a_file_without_columns_is_refused_and_its_first_line_not_repeated(text: str) -> None:
    with pytest.raises(NotAFile) as refused:
        rows_of(text)
    assert "Ann" not in str(refused.value)


def test_a_file_that_is_no_text_or_too_long_is_refused() -> None:
    for data in (b"", b"  ", b"\x00\x01name", b"\x81\x8d"):
        with pytest.raises(NotAFile):
            patient_rows.text_of(data)
    with pytest.raises(NotAFile):
        rows_of("name\n" + "Ann Sample\n" * (patient_rows.MOST_ROWS + 1))


def test_a_spreadsheets_own_encodings_are_read() -> None:
    assert patient_rows.text_of("\ufeffname\nZoë".encode()) == "name\nZoë"
    assert patient_rows.text_of("name\nZoë".encode("cp1252")) == "name\nZoë"


@pytest.mark.both
def test_good_rows_are_kept_and_the_others_told(office: Office) -> None:
    import_id = asked(office, GOOD + BAD)
    import_patients(import_id)
    done = ended(import_id)
    assert names(office) == ["Ann Sample", "Bob Sample"]
    assert (done.state, done.rows, done.added, done.content) == (ImportState.DONE, 4, 2, None)
    assert {(line, field) for line, field, _ in done.problems} >= {(4, "email"), (5, "name")}
    with reading() as session:
        assert session.scalars(select(Patient.is_active_for_billing).order_by(Patient.id)).all() == [
            True,
            False,
        ]


@pytest.mark.both
def test_one_bad_row_keeps_out_all_where_that_was_chosen(office: Office) -> None:
    import_id = asked(office, GOOD + BAD, all_or_nothing=True)
    import_patients(import_id)
    done = ended(import_id)
    assert (names(office), done.added, len(done.problems)) == ([], 0, 5)


@pytest.mark.both
def test_a_record_number_that_the_office_knows_is_told(office: Office) -> None:
    with writing():
        patients.create(office, Identity("Dee Sample", mrn="a1"), NOW)
    import_id = asked(office, GOOD)
    import_patients(import_id)
    assert names(office) == ["Dee Sample", "Bob Sample"]
    assert [(line, field) for line, field, _ in ended(import_id).problems] == [(2, "mrn")]


def test_a_record_number_that_somebody_gave_meanwhile_is_told_and_the_others_are_kept(office: Office) -> None:
    import_id = asked(office, GOOD)
    with writing():
        waiting = found(PatientImport, import_id)
        patient_imports.begin(waiting, patient_imports.reading_of(waiting, office), [])
    with writing():
        patients.create(found(Office, office.id), Identity("Cid Sample", mrn="A1"), NOW)
    import_patients(import_id)
    assert names(office) == ["Cid Sample", "Bob Sample"]
    assert ended(import_id).problems == [[2, "mrn", patient_imports.TAKEN]]


def test_a_file_that_was_cut_off_goes_on_where_it_was(office: Office) -> None:
    rows = [f"Sample Patient{'x' * (each % 7)},{each},2026-03-01\n" for each in range(250)]
    many = "".join(["name,mrn,activated_at\n", *rows])
    import_id = asked(office, many)
    with reading():
        table = patient_imports.reading_of(found(PatientImport, import_id), office)
    with writing() as session:
        row = session.get_one(PatientImport, import_id)
        patient_imports.begin(row, table, [])
        patient_imports.add_chunk(row, patient_imports.to_add(row, table), clock.now(), 60)
    assert len(names(office)) == 60
    import_patients(import_id)
    import_patients(import_id)
    assert (len(names(office)), ended(import_id).added) == (250, 250)
    with reading():
        assert practice.charged(office) == 250 * len(practice.cycles(office))


def test_no_value_of_a_patient_is_on_the_trail_or_an_argument(office: Office) -> None:
    import_patients(asked(office, GOOD + BAD))
    with reading() as session:
        told = [event.changes or "" for event in session.scalars(select(AuditEvent))]
        jobs = [str(job.ids) for job in session.scalars(select(Job))]
        made = session.scalar(select(func.count()).where(AuditEvent.action == "patient created"))
    assert made == 2
    assert not any(
        value in text for text in told + jobs for value in ("Sample", "1980", "example.test", "A1")
    )
