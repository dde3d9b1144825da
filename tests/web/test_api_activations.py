"""Telling by key that a patient is active, or no longer (API-01)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from dashboard import clock
from dashboard.models import Charge, Office, OfficeStatus
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.programs import BILLING, Program, code_of, program


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return practice.office(date(2026, 1, 31))


@pytest.fixture
def ours(app: Flask, office: Office) -> Program:
    return program(app, office=office)


def patient_of(office: Office) -> str:
    with writing():
        return practice.patient(office).ref


@pytest.mark.both
def test_the_first_activation_is_201_the_next_ones_200_with_the_same_charge(ours: Program, office: Office):
    path = f"{BILLING}/patients/{patient_of(office)}/activate"
    first, second = ours.post(path), ours.post(path, {})

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json["charge"] == second.json["charge"]
    assert first.json["charge"]["amount"] == "2.00"
    with reading():
        assert practice.charged(office) == 1


def test_an_activation_back_in_the_same_period_is_200_with_the_same_charge(ours: Program, office: Office):
    ref = patient_of(office)
    first = ours.post(f"{BILLING}/patients/{ref}/activate").json
    assert ours.post(f"{BILLING}/patients/{ref}/deactivate").status_code == 201
    assert ours.post(f"{BILLING}/patients/{ref}/deactivate").status_code == 200

    back = ours.post(f"{BILLING}/patients/{ref}/activate")
    assert (back.status_code, back.json["charge"]) == (200, first["charge"])


def test_where_nothing_is_charged_the_charge_is_null(app: Flask):
    with writing():
        office = practice.office(date(2026, 1, 31), status=OfficeStatus.INACTIVE)
    told = program(app, office=office).post(f"{BILLING}/patients/{patient_of(office)}/activate")

    assert (told.status_code, told.json["charge"]) == (201, None)


def test_what_lies_in_the_future_is_refused_by_name(ours: Program, office: Office):
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    refused = ours.post(f"{BILLING}/patients/{patient_of(office)}/activate", {"at": soon})

    assert code_of(refused) == (409, "IN_THE_FUTURE")
    assert refused.json["field"] == "at"


NO_TIMES = ["2026-03-02T15:00:00", "2026-02-30T15:00:00Z", "yesterday", 1772463600, "", None]


@pytest.mark.parametrize("at", NO_TIMES)
def test_a_time_without_zone_or_sense_is_refused_by_name(ours: Program, office: Office, at: object):
    refused = ours.post(f"{BILLING}/patients/{patient_of(office)}/activate", {"at": at})

    assert code_of(refused) == (422, "INVALID")
    assert refused.json["field"] == "at"


@pytest.mark.both
def test_another_offices_patient_looks_like_one_that_is_not_there(ours: Program):
    with writing():
        theirs = practice.patient(practice.office(date(2026, 2, 1))).ref
    foreign = ours.post(f"{BILLING}/patients/{theirs}/activate")
    unknown = ours.post(f"{BILLING}/patients/{'0' * 32}/activate")

    assert code_of(foreign) == code_of(unknown) == (404, "NOT_FOUND")
    assert foreign.json["detail"] == unknown.json["detail"]
    with reading() as session:
        assert session.query(Charge).count() == 0


def test_a_patient_is_created_at_no_cost_and_nobody_reads_who_it_is(ours: Program, office: Office):
    who = {"name": "Sample Patient", "date_of_birth": "2001-02-03", "mrn": "MRN-1", "phone": "+1 5550100"}
    made = ours.post(f"{BILLING}/patients", {"office_id": office.ref, **who})

    assert made.status_code == 201
    assert set(made.json) == {
        "patient_id", "office_id", "is_active_for_billing", "activated_at", "deactivated_at", "created_at",
    }  # fmt: skip
    assert ours.post(f"{BILLING}/patients/{made.json['patient_id']}/activate").status_code == 201


def test_a_record_number_names_one_patient(ours: Program, office: Office):
    who = {"office_id": office.ref, "name": "Sample Patient", "mrn": "MRN-1"}
    ours.post(f"{BILLING}/patients", who)

    assert code_of(ours.post(f"{BILLING}/patients", who)) == (409, "MRN_TAKEN")
