"""Invented requests, sound and unsound, at every door of the API: all checks of schemathesis find nothing.

Set SCHEMATHESIS_EXAMPLES for more than fifty an operation.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, settings

from dashboard import clock, create_app
from dashboard.billing import activations
from dashboard.config import Settings
from dashboard.extensions import db
from dashboard.models import Invoice, Plan
from dashboard.rights import Role
from dashboard.unit import writing
from dashboard.web.api import limits
from dashboard.web.api.description import document
from tests.support import practice
from tests.support.emptying import empty
from tests.support.programs import program

EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES", "50"))
LIFTED = 10**9


@pytest.fixture(scope="module")
def filled(sqlite_app: Flask) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The app with an office and all that belongs to it, an administrator's key, and no limit to speak of."""
    before = sqlite_app.config[limits.SETTING]
    sqlite_app.config[limits.SETTING] = LIFTED
    with sqlite_app.app_context():
        key = program(sqlite_app, role=Role.ADMIN).key
        with writing() as session:
            office = practice.office(date(2026, 1, 31))
            patient = practice.patient(office)
            activations.activate(patient, at=clock.now(), now=clock.now())
            invoice, plan = session.query(Invoice).one(), session.get_one(Plan, office.plan_id)
        refs = {"office_id": office, "patient_id": patient, "invoice_id": invoice, "plan_id": plan}
        served.append(sqlite_app)
        yield key, {name: row.ref for name, row in refs.items()}
    empty(sqlite_app)
    sqlite_app.config[limits.SETTING] = before


def described() -> Any:
    """The description, which needs no database."""
    app = create_app(Settings.read({"COUNTERSIGN_MODE": "test"}))
    with app.app_context():
        found = schemathesis.openapi.from_dict(document(app))
        db.engine.dispose()
    found.app = lambda environ, start: served[0](environ, start)
    return found


served: list[Flask] = []
schema = described()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    derandomize="SCHEMATHESIS_EXAMPLES" not in os.environ,
)
def test_no_request_finds_a_fault(case: schemathesis.Case, filled: Any) -> None:
    key, known = filled
    for told in (case.path_parameters, case.body):
        point_at_what_is_there(told, known)

    case.call_and_validate(headers={"Authorization": f"Bearer {key}"})


def point_at_what_is_there(told: Any, known: Mapping[str, str]) -> None:
    """Let most well-formed ids be of something that exists: a request for nothing tests little."""
    for name in told if isinstance(told, dict) else ():
        value = told[name]
        if name in known and isinstance(value, str) and len(value) == 32 and value[0] > "2":
            told[name] = known[name]
