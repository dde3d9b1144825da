"""The keys page: made behind a step-up, shown once, revocable (API-02)."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask

from dashboard.models import ApiKey
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import practice
from tests.support.programs import BILLING, Program
from tests.support.signed_in import signed_in
from tests.support.staff import Browser

KEYS = "/staff/settings/keys"


def administrator(app: Flask) -> Browser:
    return Browser(signed_in(app, Role.ADMIN)[0])


def shown_key(page: str) -> str:
    [raw] = re.findall(r"<code data-copy>([\w-]{43})</code>", page)
    return str(raw)


def test_a_key_is_shown_once_and_opens_the_api(app: Flask):
    admin = administrator(app)
    raw = shown_key(admin.post(KEYS, label="Practice system", scope="billing").text)

    assert raw not in admin.get(KEYS)
    assert Program(app, raw).get(f"{BILLING}/invoices/{'0' * 32}").status_code == 404


def test_an_offices_key_is_made_by_its_code(app: Flask):
    with writing():
        office = practice.office(date(2026, 1, 31))
    raw = shown_key(
        administrator(app).post(KEYS, label="EHR", scope="office", office=office.code.lower()).text
    )

    assert Program(app, raw).get(f"{BILLING}/offices/{office.ref}/invoices").status_code == 200


def test_a_revoked_key_says_so_and_opens_nothing(app: Flask):
    admin = administrator(app)
    raw = shown_key(admin.post(KEYS, label="Practice system", scope="billing").text)
    with reading() as session:
        key = session.query(ApiKey).one()

    assert admin.post(f"{KEYS}/{key.ref}/revocation").status_code == 303
    assert "Revoked" in admin.get(KEYS)
    assert Program(app, raw).get(f"{BILLING}/invoices/{'0' * 32}").status_code == 401


def test_a_key_without_its_office_is_refused(app: Flask):
    admin = administrator(app)
    for wrong in (
        {"scope": "office"},
        {"scope": "office", "office": "NOBODY"},
        {"scope": "billing", "office": "T1"},
    ):
        assert admin.post(KEYS, label="EHR", **wrong).status_code == 422
    with reading() as session:
        assert session.query(ApiKey).count() == 0
