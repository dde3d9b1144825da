"""Whatever a portal address names of another office is not there, as if it had never been (SEC-02)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dashboard.models import Invoice, Office
from dashboard.unit import reading
from tests.support.pages import posted
from tests.support.portal import an_office, at_the_portal, colleague, issued
from tests.web.test_doors import ACTING, LOOKING, doors

ABSENT = "0" * 32
# each door that names a thing, and which kind of thing it names
NAMING = {
    ("GET", "/portal/invoices/<string:ref>"): "invoice",
    ("GET", "/portal/invoices/<string:ref>/lines.csv"): "invoice",
    ("GET", "/portal/invoices/<string:ref>/pdf"): "invoice",
    ("GET", "/portal/people/<string:ref>"): "person",
    ("POST", "/portal/people/<string:ref>/closure"): "person",
    ("POST", "/portal/people/<string:ref>/invitation"): "person",
    ("POST", "/portal/people/<string:ref>/reopening"): "person",
    ("POST", "/portal/people/<string:ref>/role"): "person",
}


@pytest.fixture
def theirs(app: Flask) -> dict[str, str]:
    """Another office, richer than ours: the refs of one of its invoices and of one of its people."""
    office = an_office(patients=7)
    return {"invoice": issued(office)[0].ref, "person": colleague(office, name="Demo Stranger").ref}


@pytest.fixture
def ours(app: Flask, theirs: dict[str, str]) -> Office:
    return an_office(patients=2)


@pytest.fixture
def client(app: Flask, ours: Office) -> FlaskClient:
    return at_the_portal(app, ours)


def portal_doors(app: Flask) -> Iterator[tuple[str, str]]:
    for rule, method in doors(app, LOOKING | ACTING):
        if rule.rule.startswith("/portal"):
            yield method, rule.rule


def test_the_table_names_every_door_that_names_a_thing(app: Flask) -> None:
    assert {door for door in portal_doors(app) if "<" in door[1]} == set(NAMING)


@pytest.mark.both
@pytest.mark.parametrize(("method", "rule"), NAMING)
def test_another_office_s_is_answered_like_what_never_was(
    client: FlaskClient, theirs: dict[str, str], method: str, rule: str
) -> None:
    foreign, absent = (visited(client, method, rule, ref) for ref in (theirs[NAMING[method, rule]], ABSENT))

    assert foreign == absent
    assert foreign[0] == 404


@pytest.mark.both
@pytest.mark.usefixtures("theirs")
def test_no_page_without_a_name_counts_or_shows_another_office_s(
    app: Flask, client: FlaskClient, theirs: dict[str, str]
) -> None:
    numbers = foreign_words(theirs)
    for method, rule in portal_doors(app):
        if method == "GET" and "<" not in rule:
            html = client.get(rule).text
            assert [word for word in numbers if word in html] == [], rule
            assert "$14.00" not in html, rule
            assert '<td class="num">7</td>' not in html, rule


def test_our_own_is_there(app: Flask, client: FlaskClient, ours: Office) -> None:
    invoice, person = issued(ours)[0], colleague(ours)
    for (method, rule), kind in NAMING.items():
        if method == "GET":
            ref = invoice.ref if kind == "invoice" else person.ref
            assert visited(client, method, rule, ref)[0] == 200, rule


def visited(client: FlaskClient, method: str, rule: str, ref: str) -> tuple[int, str]:
    """The status, and the page without what differs from request to request: its id, the name asked for."""
    path = rule.replace("<string:ref>", ref)
    form = {"role": "office_member", "version": "1"}
    answer = posted(client, path, **form) if method == "POST" else client.get(path)
    if answer.status_code != 404:
        return answer.status_code, ""
    said = answer.text.replace(answer.headers["X-Request-Id"], "")
    return 404, said[said.find("<main") :]


def foreign_words(theirs: dict[str, str]) -> list[str]:
    with reading() as session:
        office_id = session.query(Invoice).where(Invoice.ref == theirs["invoice"]).one().office_id
        numbers = session.query(Invoice.number).where(
            Invoice.office_id == office_id, Invoice.number.is_not(None)
        )
        return ["Demo Stranger", theirs["invoice"], theirs["person"], *(str(number) for (number,) in numbers)]
