"""Billing on both databases: each page is drawn, and nonsense in an address is answered with a page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from dashboard.rights import Role
from tests.support.signed_in import signed_in
from tests.web.test_invoices_pages import issued

LISTS = {
    "/staff/offices": ("after", "q", "status", "needs"),
    "/staff/invoices": ("after", "before", "q", "tab", "age", "type", "office"),
    "/staff/invoices/approvals": ("ids",),
    "/staff/charges": ("after", "office", "cycle", "kind"),
    "/staff/offices/{office}/patients": ("after", "state"),
    "/staff/revenue": ("month",),
}
NONSENSE = (
    "ffffffffffffffff",
    "7fffffffffffffff",
    "-1",
    "%00",
    "'\"<b>",
    "9" * 23,
    "5000000000",
    "²",
    "x" * 300,
)
NOBODY = (
    "/staff/offices/99999999999999999999",
    "/staff/offices/5000000000/patients",
    "/staff/invoices/99999999999999999999",
    "/staff/patients/99999999999999999999",
    "/staff/offices/1/patients/imports/99999999999999999999",
    "/staff/runs/no-such-run",
)


def addresses(office_id: int) -> Iterator[str]:
    for path, names in LISTS.items():
        here = path.format(office=office_id)
        yield from (f"{here}?{name}={text}" for name in names for text in NONSENSE)


@pytest.mark.both
def test_nonsense_in_an_address_is_answered_with_a_page(app: Flask) -> None:
    office_id = issued().office_id
    client, _ = signed_in(app, Role.ADMIN)
    answers = {path: client.get(path).status_code for path in addresses(office_id)}
    assert {path: status for path, status in answers.items() if status not in {200, 422}} == {}


@pytest.mark.both
def test_what_is_not_there_is_not_found(app: Flask) -> None:
    client, _ = signed_in(app, Role.ADMIN)
    assert {path: client.get(path).status_code for path in NOBODY} == dict.fromkeys(NOBODY, 404)


@pytest.mark.both
@pytest.mark.parametrize(
    "path", [*LISTS, "/staff/runs", "/staff/runs/forecast", "/staff/dunning", "/staff/clock"]
)
def test_each_list_is_drawn_on_both_databases(app: Flask, path: str) -> None:
    one = issued()
    client, _ = signed_in(app, Role.ADMIN)
    shown = client.get(path.format(office=one.office_id))
    assert shown.status_code == 200


@pytest.mark.both
@pytest.mark.parametrize("part", ["", "/payload", "/diff", "/history"])
def test_an_invoice_is_drawn_on_both_databases(app: Flask, part: str) -> None:
    one = issued()
    client, _ = signed_in(app, Role.ADMIN)
    assert client.get(f"/staff/invoices/{one.id}{part}").status_code == 200
    assert client.get(f"/staff/offices/{one.office_id}").status_code == 200
