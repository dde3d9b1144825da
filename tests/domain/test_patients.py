"""Patients: sealed, found by name in their own office, moved, erased; tokens fresh to the commit (PAT-01)."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from dashboard.billing import activations, months, patients
from dashboard.billing.activations import Erased, activate
from dashboard.billing.identities import Identity, checked
from dashboard.crypto import naming
from dashboard.crypto.naming import TokenKind
from dashboard.errors import Invalid, StaleVersion
from dashboard.extensions import db
from dashboard.models import AuditEvent, Patient, PatientToken
from dashboard.unit import reading, writing
from tests.support import practice

pytestmark = pytest.mark.both
MARCH, TODAY = date(2026, 3, 1), date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
ONE = [("patient_activation", 1, 200)]
MARY = Identity("Mary-Jane O'Sample", "1980-01-02", "mary@example.test", "(555) 010-0199", "A-17/4")


def tokens_of(patient: Patient) -> set[tuple[str, bytes]]:
    db.session.flush()
    ours = select(PatientToken.kind, PatientToken.token).where(PatientToken.patient_id == patient.id)
    return {(kind, bytes(token)) for kind, token in db.session.execute(ours)}


def test_a_new_patient_is_sealed_costs_nothing_and_is_on_the_trail_without_a_name(app: Flask) -> None:
    with writing() as session:
        office = practice.office(MARCH)
        patient = patients.create(office, MARY, NOW)
        session.flush()
        assert practice.charged(office) == 0
    with reading() as session:
        stored = session.get_one(Patient, patient.id)
        assert patients.identity_of(stored) == MARY
        assert all(b"mary" not in bytes(value).lower() for value in (stored._name, stored._email) if value)
        trail = session.scalars(select(AuditEvent)).all()
        assert [event.action for event in trail] == ["patient created"]
        assert trail[0].changes is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "12345"),
        ("name", "Sample\0"),
        ("name", "S" * 201),
        ("date_of_birth", "1980-13-02"),
        ("date_of_birth", "2026-03-03"),
        ("email", "nobody"),
        ("phone", "123"),
        ("phone", "call me"),
        ("mrn", "🙂"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_its_field_and_not_repeated(field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked({"name": "Sample Patient", field: value}, TODAY)
    assert refused.value.field == field
    assert not value or value not in str(refused.value)


def test_what_was_typed_is_kept_clean() -> None:
    told = {"name": " Sample \t Patient ", "date_of_birth": "01/02/1980", "mrn": " 17 "}
    assert checked(told, TODAY) == Identity("Sample Patient", "1980-01-02", mrn="17")


def test_whoever_is_named_has_the_walls_tokens_from_the_same_commit(app: Flask) -> None:
    with writing():
        patient = patients.create(practice.office(MARCH), MARY, NOW)
        told = tokens_of(patient)
    assert {
        ("name", naming.pair_token("osample", "mary")),
        ("name", naming.pair_token("mary", "jane")),
        ("name_birth", naming.birth_token("osample", "1980-01-02")),
        ("mrn", naming.mrn_token("a174")),
        ("phone", naming.phone_token("+1 555 010 0199")),
        ("email", naming.email_token("MARY@example.test")),
    } <= told


def test_a_changed_identity_changes_the_tokens_however_it_was_set(app: Flask) -> None:
    with writing() as session:
        patient = patients.create(practice.office(MARCH), MARY, NOW)
        before = tokens_of(patient)
        patient.name = "Other Sample"
        after = tokens_of(patient)
        session.execute(select(1))
    assert ("name", naming.pair_token("other", "sample")) in after
    assert ("name", naming.pair_token("osample", "mary")) in before - after


def test_a_name_of_one_word_and_one_with_accents_have_tokens_too(app: Flask) -> None:
    assert naming.name_words("Zoë D’Éxample, Jr.") == ["zoe", "dexample", "jr"]
    told = naming.tokens(office_id=1, name="Sample", date_of_birth=None, email=None, phone=None, mrn=None)
    assert {kind for kind, _ in told} == {TokenKind.NAME, TokenKind.SEARCH}


def test_a_record_number_names_one_patient_of_an_office(app: Flask) -> None:
    with writing():
        office, other = practice.office(MARCH), practice.office(MARCH)
        patients.create(office, MARY, NOW)
        db.session.flush()
        with pytest.raises(patients.MrnTaken):
            patients.create(office, Identity("Other Sample", mrn="a174"), NOW)
        patients.create(other, Identity("Other Sample", mrn="a174"), NOW)


def test_a_change_names_its_fields_only(app: Flask) -> None:
    with writing():
        patient = patients.create(practice.office(MARCH), MARY, NOW)
        db.session.flush()
        told = Identity("Mary-Jane O'Sample", "1980-01-03", "mary@example.test", None, "A-17/4")
        assert patients.change(patient, told, version=patient.version) == ["date_of_birth", "phone"]
        with pytest.raises(StaleVersion):
            patients.change(patient, told, version=patient.version - 1)
    with reading() as session:
        changes = session.scalars(select(AuditEvent.changes).order_by(AuditEvent.id)).all()
    assert changes[-1] == '{"fields":["date_of_birth","phone"]}'


def test_a_name_is_found_by_the_beginnings_of_its_words_in_its_own_office_only(app: Flask) -> None:
    with writing():
        office, other = practice.office(MARCH), practice.office(MARCH)
        found = [patients.create(office, Identity(name), NOW) for name in ("Ann Sample", "Ann Sampson")]
        patients.create(office, Identity("Bob Example"), NOW)
        patients.create(other, Identity("Ann Sample"), NOW)
        db.session.flush()
        assert patients.search(office, "samp ANN") == found
        assert patients.search(office, "Sampso") == found[1:]
        assert patients.search(office, "ample") == []
        assert patients.search(office, " , ") == []


def test_equal_names_of_two_offices_cannot_be_told_from_the_search_tokens(app: Flask) -> None:
    with writing():
        two = [patients.create(practice.office(MARCH), Identity("Ann Sample"), NOW) for _ in range(2)]
        first, second = ({token for kind, token in tokens_of(each) if kind == "search"} for each in two)
    assert first
    assert not first & second


def test_erasing_destroys_the_identity_and_keeps_the_charges(app: Flask) -> None:
    with writing():
        office = practice.office(MARCH)
        patient = patients.create(office, MARY, NOW)
        db.session.flush()
        activate(patient, at=NOW, now=NOW)
        with pytest.raises(patients.StillActive):
            patients.erase(patient, NOW)
        activations.deactivate(patient, at=NOW, now=NOW)
        patients.erase(patient, NOW)
        patients.erase(patient, NOW)
        assert tokens_of(patient) == set()
        assert (patients.called(patient), patients.identity_of(patient)) == ("erased", Identity("erased"))
        assert practice.invoiced(office) == {"2026-03-01": ONE}
        assert patients.search(office, "Mary") == []
        for act in (activate, activations.deactivate):
            with pytest.raises(Erased):
                act(patient, at=NOW, now=NOW)
    with reading() as session:
        erased = select(func.count()).where(AuditEvent.action == "patient erased")
        assert session.scalar(erased) == 1
        kept = session.get_one(Patient, patient.id)
        assert {kept._name, kept._date_of_birth, kept._email, kept._phone, kept._mrn} == {None}


def test_a_patient_who_moves_is_charged_by_both_offices_in_that_cycle(app: Flask) -> None:
    with writing():
        office, other = practice.office(MARCH), practice.office(MARCH)
        patient = patients.create(office, MARY, NOW)
        db.session.flush()
        activate(patient, at=NOW, now=NOW)
        patients.move(patient, other, NOW)
        later = datetime(2026, 4, 2, tzinfo=UTC)
        for each in (office, other):
            months.up_to_date(each.id, later)
        assert practice.invoiced(office) == {"2026-03-01": ONE, "2026-04-01": []}
        assert practice.invoiced(other) == {"2026-03-01": ONE, "2026-04-01": ONE}
        assert patients.search(other, "Mary") == [patient]
        assert patients.search(office, "Mary") == []


def test_whoever_moves_without_being_active_costs_neither_office(app: Flask) -> None:
    with writing():
        office, other = practice.office(MARCH), practice.office(MARCH)
        patient = patients.create(office, MARY, NOW)
        db.session.flush()
        patients.move(patient, other, NOW)
        assert (patient.office_id, practice.charged(office), practice.charged(other)) == (other.id, 0, 0)


def test_the_last_billed_cycle_is_the_newest_whose_charge_stands(app: Flask) -> None:
    with writing():
        patient = patients.create(practice.office(MARCH), MARY, NOW)
        db.session.flush()
        assert patients.last_billed_cycle(patient) is None
        activate(patient, at=NOW, now=NOW)
        months.up_to_date(patient.office_id, datetime(2026, 5, 2, tzinfo=UTC))
        assert patients.last_billed_cycle(patient) == date(2026, 5, 1)
        activations.deactivate(
            patient, at=datetime(2026, 4, 2, tzinfo=UTC), now=datetime(2026, 5, 3, tzinfo=UTC)
        )
        assert patients.last_billed_cycle(patient) == date(2026, 4, 1)


def test_a_look_at_a_patient_leaves_a_row_with_the_fields_it_showed(app: Flask) -> None:
    with writing():
        patient = patients.create(practice.office(MARCH), Identity("Ann Sample", mrn="1"), NOW)
        db.session.flush()
        assert patients.viewed(patient).name == "Ann Sample"
    with reading() as session:
        last = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert last is not None
        assert (last.action, last.changes) == ("patient viewed", '{"fields":["name","mrn"]}')
