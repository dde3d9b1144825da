"""The pages of patients: looks are audited, names stand in no address, telling has its time (PAT-01)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import clock
from dashboard.billing import activations
from dashboard.models import AuditEvent, Charge, Office, Patient
from dashboard.rights import Role
from dashboard.unit import reading, writing
from jobs.registry import load
from tests.support import practice
from tests.support.sales import work
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

ENTRY = {"name": "Sample Patient", "date_of_birth": "1980-02-03", "mrn": "DEMO-1", "email": "", "phone": ""}


@pytest.fixture
def billing(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.BILLING)[0])


@pytest.fixture
def office(app: Flask) -> Office:
    with writing():
        return practice.office(date(2026, 1, 15))


def entered(browser: Browser, office: Office, **more: str) -> Patient:
    answer = browser.post(f"/staff/offices/{office.id}/patients", **ENTRY | more)
    assert answer.status_code == 303, answer.text
    return fresh(int(answer.location.rsplit("/", 1)[1]))


def fresh(patient_id: int) -> Patient:
    with reading() as session:
        return session.get_one(Patient, patient_id)


def looks() -> Sequence[AuditEvent]:
    with reading() as session:
        return session.scalars(select(AuditEvent).where(AuditEvent.action == "patient viewed")).all()


def charges() -> Sequence[Charge]:
    with reading() as session:
        return session.scalars(select(Charge)).all()


def test_looking_at_the_list_is_written_down_with_how_many(billing: Browser, office: Office) -> None:
    entered(billing, office)
    assert "Sample Patient" in billing.get(f"/staff/offices/{office.id}/patients")
    assert '"rows":1' in (looks()[-1].changes or "").replace(" ", "")


def test_looking_at_a_patient_is_written_down(billing: Browser, office: Office) -> None:
    patient, before = entered(billing, office), len(looks())
    assert "DEMO-1" in billing.get(f"/staff/patients/{patient.id}")
    assert len(looks()) == before + 1
    assert looks()[-1].object_ref == patient.ref


def test_a_date_of_birth_reads_as_every_day_does_and_stays_iso_in_its_field(
    billing: Browser, office: Office
) -> None:
    patient = entered(billing, office)
    assert "<td>3 Feb 1980</td>" in billing.get(f"/staff/offices/{office.id}/patients")
    page = billing.get(f"/staff/patients/{patient.id}")
    assert "<dt>Born</dt><dd>3 Feb 1980</dd>" in page
    assert 'value="1980-02-03"' in page


def test_a_patient_is_found_by_name_through_a_post(billing: Browser, office: Office) -> None:
    entered(billing, office)
    found = billing.post(f"/staff/offices/{office.id}/patients/search", name="sample")
    assert found.status_code == 200
    assert "1 found" in found.text
    assert "0 found" in billing.post(f"/staff/offices/{office.id}/patients/search", name="nobody").text


def test_who_may_not_see_patients_is_refused(app: Flask, billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    looker = signed_in(app, Role.READ_ONLY)[0]
    assert looker.get(f"/staff/patients/{patient.id}").status_code == 403
    assert looker.get(f"/staff/offices/{office.id}/patients").status_code == 403


def test_adding_a_patient_costs_nothing_and_activating_one_does(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    assert charges() == []
    assert billing.post(f"/staff/patients/{patient.id}/activation").status_code == 303
    assert [each.cents for each in charges()] == [2_00]
    assert fresh(patient.id).is_active_for_billing


def test_activating_twice_charges_once(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    for _ in range(2):
        billing.post(f"/staff/patients/{patient.id}/activation")
    assert len(charges()) == 1


def test_an_activation_in_the_future_is_refused_in_its_field(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    tomorrow = f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"
    answer = billing.post(f"/staff/patients/{patient.id}/activation", at=tomorrow)
    assert answer.status_code == 422
    assert "future" in answer.text
    assert not fresh(patient.id).is_active_for_billing


def test_the_time_of_an_activation_is_the_offices_own(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    billing.post(f"/staff/patients/{patient.id}/activation", at="2026-02-01T12:00")
    activated = fresh(patient.id).activated_at
    assert activated is not None
    assert activated.isoformat() == "2026-02-01T17:00:00+00:00"


def test_what_was_told_is_shown_with_when_it_holds_and_by_whom(app: Flask, office: Office) -> None:
    client, user = signed_in(app, Role.BILLING)
    browser = Browser(client)
    patient = entered(browser, office)
    browser.post(f"/staff/patients/{patient.id}/activation", at="2026-02-01T12:00")
    shown = browser.get(f"/staff/patients/{patient.id}")
    assert "1 Feb 2026, 12:00 EST" in shown
    assert str(user.name) in shown.split("Activations</h2>")[1]


def test_saving_a_patient_second_shows_both_values(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    stale = {**ENTRY, "version": patient.version}
    billing.post(f"/staff/patients/{patient.id}/details", **stale | {"name": "First Sample"})
    answer = billing.post(f"/staff/patients/{patient.id}/details", **stale | {"name": "Second Sample"})
    assert answer.status_code == 409
    assert "First Sample" in answer.text
    assert "Second Sample" in answer.text


def test_erasing_destroys_the_identity_and_keeps_the_charges(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    with writing() as session:
        now = clock.now()
        activations.activate(session.get_one(Patient, patient.id), at=now, now=now)
        activations.deactivate(session.get_one(Patient, patient.id), at=now, now=now)
    told = {"version": fresh(patient.id).version, "sure": "y"}
    assert billing.post(f"/staff/patients/{patient.id}/erasure", **told).status_code == 303
    assert fresh(patient.id).name is None
    assert len(charges()) == 1
    shown = billing.get(f"/staff/patients/{patient.id}")
    assert "Erased patient" in shown
    assert "Sample Patient" not in shown


def test_an_active_patient_has_no_button_to_erase(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    billing.post(f"/staff/patients/{patient.id}/activation")
    shown = billing.get(f"/staff/patients/{patient.id}")
    assert "Erase for good" not in shown
    assert "cannot be erased" in shown


def test_a_patient_moves_to_another_office(billing: Browser, office: Office) -> None:
    patient = entered(billing, office)
    with writing():
        other = practice.office(date(2026, 1, 3))
    told = {"version": patient.version, "office": other.id}
    assert billing.post(f"/staff/patients/{patient.id}/move", **told).status_code == 303
    assert fresh(patient.id).office_id == other.id


def upload(browser: Browser, office: Office, text: str, **more: str) -> str:
    """Send a file of patients; gives the page that follows it."""
    load()
    file = (BytesIO(text.encode()), "patients.csv")
    answer = browser.post(f"/staff/offices/{office.id}/patients/imports", file=file, **more)
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_file_of_patients_is_worked_off_and_followed(billing: Browser, office: Office) -> None:
    place = upload(billing, office, "name,mrn\nSample One,A1\nSample Two,A2\n")
    assert 'hx-trigger="every 2s"' in billing.get(place)
    work("patients.import")
    done = billing.get(place)
    assert "2 of 2 patients added" in done
    assert "every 2s" not in done
    assert "Sample Two" in billing.get(f"/staff/offices/{office.id}/patients")


def test_a_bad_line_is_told_by_its_number_and_keeps_out_all_if_that_was_chosen(
    billing: Browser, office: Office
) -> None:
    place = upload(billing, office, "name,mrn\nSample One,A1\n,A2\n", all_or_nothing="y")
    work("patients.import")
    shown = billing.get(place)
    assert "1 line is wrong" in shown
    assert '<td class="num">3</td>' in shown
    assert "The name is missing" in shown
    assert "0 of 2 patients added" in shown


def test_every_bad_line_can_be_taken_along(billing: Browser, office: Office) -> None:
    place = upload(billing, office, "name,mrn\n" + "".join(f",A{number}\n" for number in range(201)))
    work("patients.import")
    assert "1 more are not shown" in billing.get(place)
    told = billing.get(f"{place}/problems.csv").splitlines()
    assert told[0] == "line,column,what is wrong"
    assert (told[1], told[-1]) == ("2,name,The name is missing.", "202,name,The name is missing.")


def test_a_file_that_is_no_table_is_refused_in_its_field(billing: Browser, office: Office) -> None:
    file = (BytesIO(b"hello"), "patients.csv")
    answer = billing.post(f"/staff/offices/{office.id}/patients/imports", file=file)
    assert answer.status_code == 422
    assert "first line names the columns" in answer.text


def test_an_import_is_found_under_its_own_office_only(billing: Browser, office: Office) -> None:
    place = upload(billing, office, "name\nSample One\n")
    with writing():
        other = practice.office(date(2026, 1, 3))
    foreign = place.replace(f"/offices/{office.id}/", f"/offices/{other.id}/")
    for page in (foreign, f"{foreign}/problems.csv"):
        assert billing.client.get(page).status_code == 404
