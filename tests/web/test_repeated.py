"""Where the database asks for another try, a request is repeated once, and nobody notices."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from time import sleep

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from dashboard.models import Office, Patient
from dashboard.rights import Role
from dashboard.rows import found, locked
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

pytestmark = pytest.mark.both
LONG_ENOUGH_TO_WAIT = 0.4


def test_whoever_waits_for_somebody_who_waits_for_them_is_served_all_the_same(app: Flask) -> None:
    """The page locks the patient, then the office; a program the other way round. One of the two gives way:
    the page, where it began to wait first.
    """
    with writing():
        office = practice.office(date(2026, 1, 15))
        patient = practice.patient(office)
    browser = Browser(signed_in(app, Role.BILLING)[0])
    with ThreadPoolExecutor(1) as other:
        with suppress(OperationalError), writing():
            locked(Office, office.id)
            answer = other.submit(browser.post, f"/staff/patients/{patient.id}/activation", at="")
            sleep(LONG_ENOUGH_TO_WAIT)
            locked(Patient, patient.id)
        assert answer.result().status_code == 303
    with reading():
        assert found(Patient, patient.id).is_active_for_billing
