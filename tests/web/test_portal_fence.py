"""Behind the portal's look-ups stands PostgreSQL: what forgets the office finds its rows alone (SEC-02)."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from dashboard import clock
from dashboard.billing import months
from dashboard.extensions import db
from dashboard.models import Invoice, Office
from dashboard.rights import Role
from dashboard.unit import fenced, reading, writing
from migrations.fence import RIGHTS, ROWS
from tests.support.emptying import empty
from tests.support.pages import posted
from tests.support.portal import an_office, at_the_portal, colleague, issued
from tests.support.postgres import APP, PORTAL
from tests.support.signed_in import client_of, signed_in
from tests.web.test_doors import LOOKING, doors

WRITTEN = sorted(table for table in ROWS if "UPDATE" in RIGHTS[table])
UNSEEN = ("patients", "compliance_orders", "payments", "refunds", "credit_notes", "admin_todos", "api_keys")


@pytest.fixture
def app(postgresql_app: Flask) -> Iterator[Flask]:
    """The app on PostgreSQL alone: SQLite has no roles."""
    clock.follow(postgresql_app.extensions["settings"].clock_file)
    with postgresql_app.app_context():
        yield postgresql_app
    empty(postgresql_app)


@pytest.fixture
def theirs(app: Flask) -> Office:
    """An office that has something in every table the portal knows of an office."""
    office = an_office()
    invoice, client = issued(office)[0], at_the_portal(app, office)
    assert client.get(f"/portal/invoices/{invoice.ref}/pdf").status_code == 200
    known = {"name": "Demo Newcomer", "email": "newcomer@example.test", "role": "office_member"}
    assert posted(client, "/portal/people", **known).status_code == 200
    canceled = posted(client, "/portal/subscription/cancellation", version=str(office.version), sure="y")
    assert canceled.status_code == 303
    return office


@pytest.fixture
def ours(theirs: Office) -> Office:
    """Another one, of which there is nothing but its row."""
    with writing() as session:
        session.add(bare := Office(code="BARE", name="Demo Dental", time_zone="UTC", created_at=clock.now()))
    return bare


def rows(table: str) -> int:
    return int(db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def touched(table: str) -> int:
    column = RIGHTS[table].split("UPDATE (")[1].split(",")[0].rstrip(")")
    return db.session.connection().execute(text(f"UPDATE {table} SET {column} = {column}")).rowcount


def everywhere(*but: str) -> dict[str, int]:
    with reading():
        return {table: rows(table) for table in ROWS if table not in but}


@pytest.mark.usefixtures("ours")
def test_an_office_s_own_rows_are_all_there_and_nobody_else_s(theirs: Office) -> None:
    all_there_is = everywhere()
    with fenced(theirs.id):
        assert everywhere() == all_there_is | {"offices": 1}
    assert 0 not in all_there_is.values()


def test_of_another_office_nothing_is_seen(ours: Office) -> None:
    with fenced(ours.id):
        assert everywhere() == dict.fromkeys(ROWS, 0) | {"offices": 1}


def test_without_an_office_the_role_sees_nothing(theirs: Office) -> None:
    with fenced(theirs.id), reading():
        assert rows("invoices") > 0
    with reading() as session:
        session.execute(text(f"SET LOCAL ROLE {PORTAL}"))
        assert {table: rows(table) for table in ROWS} == dict.fromkeys(ROWS, 0)


def test_no_change_reaches_another_office(ours: Office, theirs: Office) -> None:
    with fenced(ours.id), writing():
        assert {table: touched(table) for table in WRITTEN if table != "offices"} == dict.fromkeys(
            (table for table in WRITTEN if table != "offices"), 0
        )
        assert touched("offices") == 1
    with fenced(theirs.id), writing():
        assert 0 not in {touched(table) for table in WRITTEN}


def test_no_row_is_written_for_another_office(ours: Office, theirs: Office) -> None:
    words = "INSERT INTO office_statuses (office_id, at, status, cause) VALUES (:id, now(), 'active', 'test')"
    with fenced(ours.id), writing() as session:
        session.execute(text(words), {"id": ours.id})
    with pytest.raises(ProgrammingError, match="row-level security"), fenced(ours.id), writing() as session:
        session.execute(text(words), {"id": theirs.id})


@pytest.mark.parametrize("table", UNSEEN)
def test_what_no_portal_page_needs_is_not_readable_at_all(theirs: Office, table: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), fenced(theirs.id), reading():
        rows(table)


def test_the_next_unit_of_the_same_connection_sees_everything_again(ours: Office) -> None:
    db.engine.dispose()
    told = "SELECT pg_backend_pid(), current_user, current_setting('countersign.office', true)"
    with fenced(ours.id), reading() as session:
        portal, seen = session.execute(text(told)).one(), rows("invoices")
    with reading() as session:
        staff, then_seen = session.execute(text(told)).one(), rows("invoices")

    assert (portal[1], portal[2], seen) == (PORTAL, str(ours.id), 0)
    assert (staff[0], staff[1], staff[2]) == (portal[0], APP, "")
    assert then_seen > 0


def test_behind_every_portal_door_a_forgotten_office_finds_nothing_of_others(
    app: Flask, ours: Office, theirs: Office
) -> None:
    key = cookie(client_of(app, colleague(ours)))
    behind = [rule.rule for rule, _ in doors(app, LOOKING) if rule.rule.startswith("/portal")]

    assert len(behind) > 5
    for path in behind:
        assert found_behind(app, path.replace("<string:ref>", "0" * 32), key) == []


def test_staff_s_doors_have_no_fence(app: Flask, theirs: Office) -> None:
    staff, _ = signed_in(app, Role.BILLING)

    assert len(found_behind(app, "/staff/invoices", cookie(staff))) == everywhere()["invoices"]


def test_a_month_that_lags_behind_is_turned_within_the_fence(theirs: Office, ours: Office) -> None:
    before, later = everywhere(), clock.now() + timedelta(days=70)
    with writing() as session:
        session.execute(text("DELETE FROM office_statuses WHERE status = 'canceled'"))
    with fenced(theirs.id), writing():
        months.up_to_date(theirs.id, later)
    after = everywhere()

    grown = {table for table in ROWS if after[table] > before[table]}
    assert grown == {"billing_cycles", "charges", "invoices", "invoice_line_items"}


def found_behind(app: Flask, path: str, key: str) -> list[Invoice]:
    """What a view behind this door would find that asks for all invoices there are."""

    def asked() -> list[Invoice]:
        with app.test_request_context(path, headers={"Cookie": f"session={key}"}):
            assert app.preprocess_request() is None, path
            with reading() as session:
                return list(session.scalars(select(Invoice)))

    return copy_context().run(asked)


def cookie(client: object) -> str:
    return str(client.get_cookie("session").value)  # type: ignore[attr-defined]
