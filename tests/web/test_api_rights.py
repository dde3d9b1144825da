"""Which key opens which door: the table of API-02, cell by cell, and that nothing else opens any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from werkzeug.routing import Rule

from dashboard import clock
from dashboard.billing import activations
from dashboard.models import ApiKey, AuditEvent, Invoice, Office
from dashboard.people import api_keys
from dashboard.rights import Role
from dashboard.unit import reading, writing
from dashboard.web.api.rights import Right
from tests.support import practice
from tests.support.programs import BILLING, Program, code_of, program
from tests.support.signed_in import signed_in

LOOK = {
    "GET /offices/{}/invoices",
    "GET /invoices/{}",
    "GET /invoices/{}/line-items",
    "GET /payment-status/{}",
    "GET /offices/{}/subscription",
}
TELL = {"POST /patients", "POST /patients/{}/activate", "POST /patients/{}/deactivate"}
CHANGE = {
    "POST /charges/one-off",
    "POST /invoices/generate-monthly",
    "POST /offices/{}/subscription",
    "PATCH /offices/{}/subscription",
    "DELETE /offices/{}/subscription",
}
ORDERS = {"POST /api/v1/orders"}
EVERYTHING = LOOK | TELL | CHANGE | ORDERS
MAY: dict[str, set[str]] = {
    "office": LOOK | TELL,
    "admin": EVERYTHING,
    "billing": EVERYTHING,
    "compliance": LOOK,
    "read_only": LOOK,
    "fulfillment": ORDERS,
    "reviewer": set(),
}


def doors(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if isinstance(getattr(app.view_functions[rule.endpoint], "wants", None), Right):
            yield from ((rule, method) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"})


def named(rule: Rule, method: str) -> str:
    return f"{method} {re.sub(r'<string.*?:.+?>', '{}', rule.rule).removeprefix(BILLING)}"


def key_of(app: Flask, kind: str) -> Program:
    if kind != "office":
        return program(app, role=Role(kind))
    with writing():
        office = practice.office(date(2026, 1, 31))
    return program(app, office=office)


def address(rule: Rule) -> str:
    """A path of the door, of things that are not there."""
    return re.sub(r"<string.*?:.+?>", "0" * 32, rule.rule)


def opened(one: Program, rule: Rule, method: str) -> tuple[int, str]:
    answer = one.ask(method, address(rule), **({} if method == "GET" else {"json": {"nothing": 1}}))
    return answer.status_code, (answer.json or {}).get("code", "")


def test_the_table_names_every_door(app: Flask):
    assert {named(rule, method) for rule, method in doors(app)} == EVERYTHING


@pytest.mark.parametrize("kind", MAY)
def test_a_key_opens_what_its_row_says_and_no_more(app: Flask, kind: str):
    one = key_of(app, kind)
    for rule, method in doors(app):
        status, _ = opened(one, rule, method)
        assert (status != 403) == (named(rule, method) in MAY[kind]), (kind, method, rule.rule, status)


def test_no_role_of_an_office_has_a_key(app: Flask):
    with writing(), pytest.raises(api_keys.Invalid):
        api_keys.make("Portal", role=Role.OFFICE_ADMIN, made_by=1, now=clock.now())


@pytest.mark.parametrize(
    "said", [None, "Bearer ", "Bearer nothing-of-this-kind", "Basic YTpi", "Bearer \xe9"]
)
def test_without_a_live_key_every_door_says_so(app: Flask, said: str | None):
    for rule, method in doors(app):
        headers = {} if said is None else {"Authorization": said}
        answer = app.test_client().open(address(rule), method=method, headers=headers)
        assert code_of(answer) == (401, "KEY_NEEDED"), (method, rule.rule)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_persons_session_opens_no_door_of_the_api(app: Flask):
    admin, _ = signed_in(app, Role.ADMIN)
    for rule, method in doors(app):
        assert code_of(admin.open(address(rule), method=method)) == (401, "KEY_NEEDED"), (method, rule.rule)


@pytest.mark.both
def test_a_revoked_key_opens_nothing_from_the_next_request_on(app: Flask):
    one = program(app, role=Role.BILLING)
    path = f"{BILLING}/invoices/{'0' * 32}"
    assert one.get(path).status_code == 404
    with writing() as session:
        api_keys.revoke(session.query(ApiKey).one().ref, clock.now())

    assert code_of(one.get(path)) == (401, "KEY_NEEDED")


def test_only_the_hash_of_a_key_is_kept_and_its_last_use(app: Flask):
    one = program(app, role=Role.BILLING)
    one.get(f"{BILLING}/invoices/{'0' * 32}")
    with reading() as session:
        row = session.query(ApiKey).one()

    assert len(one.key) == 43
    assert one.key.encode() not in row.digest
    assert row.last_used_at is not None


def test_the_audit_trail_names_the_key_and_its_role(app: Flask):
    one = program(app, role=Role.REVIEWER)
    assert code_of(one.post("/api/v1/orders", {})) == (403, "ACCESS_DENIED")
    with reading() as session:
        key, event = session.query(ApiKey).one(), session.query(AuditEvent).filter_by(outcome="refused").one()

    assert (event.actor, event.role) == (key.ref, "reviewer")


@pytest.mark.both
@pytest.mark.parametrize("door", sorted(LOOK))
def test_a_foreign_thing_and_one_that_is_not_there_are_the_same_404(app: Flask, door: str):
    mine, theirs = two_offices()
    one = program(app, office=mine)
    foreign = one.get(BILLING + door.removeprefix("GET ").format(ref_for(door, theirs)))
    unknown = one.get(BILLING + door.removeprefix("GET ").format("0" * 32))

    assert code_of(foreign) == code_of(unknown) == (404, "NOT_FOUND")
    assert {**foreign.json, "request_id": ""} == {**unknown.json, "request_id": ""}
    assert one.get(BILLING + door.removeprefix("GET ").format(ref_for(door, mine))).status_code == 200


def two_offices() -> tuple[Office, Office]:
    with writing():
        return practice.office(date(2026, 1, 31)), practice.office(date(2026, 1, 31))


def ref_for(door: str, office: Office) -> str:
    return office.ref if "offices" in door else invoice_of(office)


def invoice_of(office: Office) -> str:
    with writing() as session:
        activations.activate(practice.patient(office), at=clock.now(), now=clock.now())
        return session.query(Invoice).filter_by(office_id=office.id).one().ref
