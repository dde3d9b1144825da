"""All doors: which there are, whom each lets in, and how their addresses are made (SEC-02).

`doors.txt` is the list, written by hand: a new route is refused here until somebody has said whom it is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from dashboard import create_app
from dashboard.rights import Permission, Role
from dashboard.web.access import ANYBODY
from dashboard.web.api.rights import Right
from tests.support.pages import Browser, csrf_of
from tests.support.signed_in import signed_in

LIST = Path(__file__).with_name("doors.txt")
LOOKING, ACTING = {"GET"}, {"POST", "PUT", "PATCH", "DELETE"}
SIGN_IN_AND_ORDER = {"/login", "/logout", "/order/<string:slug>"}
NOUNS = {
    "acceptance", "answers", "bulk-actions", "cancellation", "checklist", "claim",
    "client-link", "closure", "completion", "details", "disclosure", "disposal", "end",
    "exports", "fresh-start", "intake", "invitation", "keys", "mending", "notes", "orders", "password",
    "password-reset", "payment", "people", "preferences", "recovery-codes", "release",
    "reopening", "resending", "retries", "revocation", "role", "second-factor", "second-step",
    "sign-out", "step-up", "takeover", "verification",
    "activation", "activation-credits", "anchor", "approval", "approvals", "charges", "clock", "credits",
    "deactivation", "disputes", "dry-runs", "erasure", "imports", "lines", "move", "offices", "patients",
    "pause", "payments", "plan", "promise", "provider-id", "refunds", "return", "reversals", "runs", "search",
    "subscription", "time-zone",
}  # fmt: skip


def all_doors(app: Flask, methods: set[str]) -> Iterator[tuple[Rule, str]]:
    """Every rule with each of its methods, but for the static files."""
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) & methods:
            if rule.endpoint != "static":
                yield rule, method


def doors(app: Flask, methods: set[str]) -> Iterator[tuple[Rule, str]]:
    """The doors for browsers; those for programs have tests of their own (test_api_rights.py)."""
    return (each for each in all_doors(app, methods) if not isinstance(wanted(app, each[0]), Right))


def wanted(app: Flask, rule: Rule) -> object:
    return getattr(app.view_functions[rule.endpoint], "wants", None)


def whom(app: Flask, rule: Rule) -> str:
    """Whom a door lets in, in the words of the list."""
    view = app.view_functions[rule.endpoint]
    wants = getattr(view, "wants", "nobody: it has no mark")
    words = wants.value if isinstance(wants, Permission) else wants or "signed in"
    return f"{words}, stepped up" if getattr(view, "steps_up", False) else words


def address(rule: Rule) -> str:
    """A path that the rule takes, of nothing that exists."""
    path = re.sub(r"<int:\w+>", "999999", rule.rule)
    return re.sub(r"<string:\w+>", "nothing-of-this-name", path)


def visit(client: FlaskClient, rule: Rule, method: str, **headers: str) -> TestResponse:
    token = csrf_of(client) if method in ACTING else ""
    return client.open(address(rule), method=method, headers={"X-CSRFToken": token, **headers})


def test_the_list_of_doors_is_whole(app: Flask):
    every = all_doors(app, LOOKING | ACTING)
    found = [f"{method + ' ':5}{rule.rule:58}{whom(app, rule)}" for rule, method in every]
    listed = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]

    missing, gone = sorted({*found} - {*listed}), sorted({*listed} - {*found})
    assert not missing, "write into doors.txt, after asking whom it is for:\n" + "\n".join(missing)
    assert not gone, "in doors.txt, but no longer there:\n" + "\n".join(gone)


def test_nobody_unknown_passes_a_locked_door(app: Flask):
    visitor = app.test_client()
    for rule, method in doors(app, LOOKING | ACTING):
        if whom(app, rule) != ANYBODY:
            page = visit(visitor, rule, method)
            assert page.status_code == 401, (method, rule.rule)
            assert 'action="/login"' in page.text, (method, rule.rule)


def test_a_part_of_a_locked_page_sends_a_visitor_to_sign_in(app: Flask):
    visitor = app.test_client()
    for rule, method in doors(app, LOOKING):
        if whom(app, rule) != ANYBODY:
            part = visit(visitor, rule, method, **{"HX-Request": "true", "HX-Request-Type": "partial"})
            assert part.status_code == 401, rule.rule
            assert part.headers["HX-Redirect"].startswith("/login?next="), rule.rule
            assert part.text == "", rule.rule


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_its_permissions_say_and_no_more(app: Flask, role: Role):
    client, user = signed_in(app, role)
    for rule, method in doors(app, LOOKING | ACTING):
        wants = getattr(app.view_functions[rule.endpoint], "wants", None)
        if isinstance(wants, Permission):
            refused = visit(client, rule, method).status_code in {401, 403}
            assert refused is not user.may(wants), (role, method, rule.rule)


def test_a_form_without_our_token_is_refused_at_every_door(app: Flask):
    client, _ = signed_in(app, Role.ADMIN)
    for rule, method in doors(app, ACTING):
        assert client.open(address(rule), method=method).status_code == 400, (method, rule.rule)


def test_every_part_of_an_address_has_a_type(app: Flask):
    for rule in app.url_map.iter_rules():
        assert "<" not in re.sub(r"<(int|string|string\(length=32\)|path):\w+>", "", rule.rule), rule.rule


def test_what_is_posted_to_is_a_noun(app: Flask):
    verbs = {rule.rule for rule, _ in doors(app, ACTING) if rule.rule.rpartition("/")[2] not in NOUNS}

    assert verbs <= SIGN_IN_AND_ORDER


def test_every_answer_carries_the_headers_that_keep_it_in_its_place(app: Flask):
    client, _ = signed_in(app, Role.ADMIN)
    for rule, method in doors(app, LOOKING):
        answer = visit(client, rule, method)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'"), rule.rule
        assert "unsafe" not in policy, rule.rule
        assert answer.headers["X-Content-Type-Options"] == "nosniff", rule.rule
        assert answer.headers["Cache-Control"] == "no-store", rule.rule
        assert answer.headers["X-Request-Id"], rule.rule


def test_a_door_without_a_mark_stays_shut(app: Flask):
    other = create_app(app.extensions["settings"])
    other.test_client_class = Browser
    other.add_url_rule("/forgotten", "forgotten", lambda: "inside")
    admin, _ = signed_in(app, Role.ADMIN)
    cookie = admin.get_cookie("session")
    assert cookie is not None
    visitor, known = other.test_client(), other.test_client()
    known.set_cookie("session", cookie.value)

    assert visitor.get("/forgotten").status_code == 401
    assert known.get("/forgotten").status_code == 404
