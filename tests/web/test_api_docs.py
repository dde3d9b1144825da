"""The API's description: OpenAPI, page, docs/api.md and its examples say what is so (API-03)."""

from __future__ import annotations

import re
import shlex
from datetime import date
from string import Template

import pytest
from flask import Flask

from dashboard import ROOT, clock
from dashboard.billing import activations
from dashboard.models import Invoice, Office, Plan
from dashboard.rights import Role
from dashboard.unit import writing
from dashboard.web.api import handbook
from dashboard.web.api.description import document
from dashboard.web.api.rights import Right
from tests.support import practice
from tests.support.programs import program

HANDBOOK = ROOT / "docs" / "api.md"
EXAMPLES = re.findall(r"```sh\n(curl .+?)\n```", HANDBOOK.read_text(), re.DOTALL)


def test_the_handbook_is_what_the_schemas_say(app: Flask):
    assert HANDBOOK.read_text() == handbook.text(document(app)), "Write it anew: flask api docs"


def test_the_description_has_every_door_and_no_other(app: Flask):
    doors = {
        (re.sub(r"<string.*?:(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if isinstance(getattr(app.view_functions[rule.endpoint], "wants", None), Right)
    }
    told = app.test_client().get("/api/v1/openapi.json").json
    described = {
        (path, method) for path, each in told["paths"].items() for method in each if method != "parameters"
    }

    assert told["openapi"].startswith("3.")
    assert described == doors


def test_the_page_lists_every_operation_and_needs_nothing_from_elsewhere(app: Flask):
    page = app.test_client().get("/api/v1/docs")

    assert page.status_code == 200
    for path in document(app)["paths"]:
        assert path in page.text
    assert not re.search(r'(src|href)="(https?:)?//', page.text)


def test_there_is_an_example_for_every_operation(app: Flask):
    assert len(EXAMPLES) == sum(
        1 for each in document(app)["paths"].values() for name in each if name != "parameters"
    )


@pytest.fixture
def things(app: Flask) -> dict[str, str]:
    """What the examples' variables stand for: an office without a subscription, and one with."""
    with writing() as session:
        office = practice.office(date(2026, 1, 31))
        patient = practice.patient(office)
        activations.activate(patient, at=clock.now(), now=clock.now())
        fresh = Office(code="FRESH", name="Demo Family Practice", time_zone="UTC", created_at=clock.now())
        session.add(fresh)
        session.flush()
        invoice, plan = session.query(Invoice).one(), session.get_one(Plan, office.plan_id)
        return {
            "COUNTERSIGN": "", "OFFICE": office.ref, "FRESH": fresh.ref, "PATIENT": patient.ref,
            "INVOICE": invoice.ref, "PLAN": plan.ref,
        }  # fmt: skip


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda each: each.split('"')[1].removeprefix("$COUNTERSIGN/api/v1")
)
def test_an_example_does_what_it_says(app: Flask, things: dict[str, str], example: str):
    one = program(app, role=Role.ADMIN)
    if '"$COUNTERSIGN/api/v1/billing/offices/$OFFICE/subscription" \\\n  -X POST' in example:
        things |= {"OFFICE": things["FRESH"]}
    words = shlex.split(Template(example.replace("\\\n", "")).substitute(things, KEY=one.key))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    body = {"data": words[words.index("-d") + 1], "content_type": "application/json"} if "-d" in words else {}

    assert one.ask(method, words[1], **body).status_code in {200, 201, 202}
