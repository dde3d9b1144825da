"""Rotation: everything under the new key, while people work, however often it is killed (spec SEC-03)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text

from dashboard import documents, keyring
from dashboard.crypto import blind_index, key_id_of, sealed_columns
from dashboard.documents import PDF, Stage, filing_name
from dashboard.gateways.folder import FolderStore
from dashboard.keyring import KeyRing, new_entry
from dashboard.models import AuditEvent, Office, User
from dashboard.rights import Role
from dashboard.unit import reading, writing
from dashboard.upkeep import rotation
from tests.domain.test_documents import an_order

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
K1, K2, INDEX = new_entry("k1"), new_entry("k2"), new_entry("index")
OLD, BOTH, NEW = (KeyRing.parse(text) for text in (f"{K1},{INDEX}", f"{K2},{K1},{INDEX}", f"{K2},{INDEX}"))
ADDRESS = "ann@example.test"
pytestmark = pytest.mark.both


@pytest.fixture(autouse=True)
def _old_ring(app: Flask) -> Iterator[None]:
    before = keyring.use(OLD)
    yield
    keyring.use(before)


def offices(count: int) -> list[Office]:
    rows = [
        Office(code=f"D{n}", name="Demo", billing_email=f"{n}@example.test", time_zone="UTC", created_at=NOW)
        for n in range(count)
    ]
    with writing() as session:
        session.add_all(rows)
    return rows


def emails() -> dict[str, str | None]:
    with reading() as session:
        return {office.code: office.billing_email for office in session.scalars(select(Office))}


def stored() -> dict[str, bytes | None]:
    with reading() as session:
        return {office.code: office._billing_email for office in session.scalars(select(Office))}


def user() -> User:
    index = blind_index(ADDRESS, purpose="users.email")
    somebody = User(name="Ann", email=ADDRESS, email_index=index, role=Role.ADMIN, created_at=NOW)
    with writing() as session:
        session.add(somebody)
    return somebody


def test_afterwards_the_old_key_is_not_needed(tmp_path: Path):
    offices(7)
    user()
    keyring.use(BOTH)

    done = rotation.rotate(chunk=3)

    keyring.use(NEW)
    assert (done.rewritten, done.left) == (9, 0)
    assert emails() == {f"D{n}": f"{n}@example.test" for n in range(7)}


def test_documents_are_read_with_the_new_key_and_their_blobs_stay(tmp_path: Path):
    store = FolderStore(tmp_path / "documents")
    file = documents.put(b"%PDF-1.7", store)
    with writing() as session:
        order = an_order("CO-TEST1")
        session.add(order)
        session.flush()
        name = filing_name(order, "855i", Stage.UNSIGNED)
        document = documents.keep(name, file, order=order, content_type=PDF, now=NOW, by=None)
    keyring.use(BOTH)

    rotation.rotate()

    keyring.use(NEW)
    with reading():
        found = documents.latest(document.name)
    assert found
    assert found.blob_hash == document.blob_hash
    assert documents.fetch(found, store) == b"%PDF-1.7"


def test_an_account_is_found_by_its_address_after_the_old_key_is_gone():
    user()
    keyring.use(BOTH)
    rotation.rotate()
    keyring.use(NEW)

    with reading() as session:
        found = session.scalars(
            select(User).where(User.email_index == blind_index(ADDRESS, purpose="users.email"))
        ).one()
    assert found.email == ADDRESS


def test_what_is_done_already_is_not_touched_again():
    offices(3)
    keyring.use(BOTH)
    with writing() as session:
        session.scalars(select(Office).where(Office.code == "D1")).one().billing_email = "new@example.test"
    before = stored()

    done = rotation.rotate()

    assert done.rewritten == 2
    assert stored()["D1"] == before["D1"]
    assert rotation.rotate().rewritten == 0


def test_empty_columns_stay_empty():
    with writing() as session:
        session.add(Office(code="D0", name="Demo", billing_email=None, time_zone="UTC", created_at=NOW))
    keyring.use(BOTH)

    assert rotation.rotate().rewritten == 0
    assert emails() == {"D0": None}


def test_nobodys_open_form_is_stale_because_of_it():
    (office,) = offices(1)
    keyring.use(BOTH)
    rotation.rotate()

    with reading() as session:
        assert session.get_one(Office, office.id).version == office.version


def test_edits_made_meanwhile_are_kept(app: Flask):
    offices(60)
    keyring.use(BOTH)
    ended = threading.Event()
    last: dict[str, str] = {}

    def edit() -> None:
        with app.app_context():
            n = 0
            while not ended.is_set():
                n += 1
                with writing() as session:
                    office = session.scalars(select(Office).where(Office.code == f"D{n % 60}")).one()
                    office.billing_email = last[office.code] = f"edit-{n}@example.test"

    editor = threading.Thread(target=edit)
    editor.start()
    try:
        while not rotation.rotate(chunk=5).is_complete:
            pass
    finally:
        ended.set()
        editor.join()

    keyring.use(NEW)
    assert last
    assert emails() == {f"D{n}": f"{n}@example.test" for n in range(60)} | last


def test_a_row_that_somebody_holds_is_passed_over_and_met_again(app: Flask):
    settings = app.extensions["settings"]
    if settings.is_sqlite:
        pytest.skip("SQLite has one writer: nobody holds a row while another writes")
    offices(3)
    keyring.use(BOTH)

    with create_engine(settings.database_url, poolclass=NullPool).connect() as other:
        other.execute(text("SELECT id FROM offices WHERE code = 'D1' FOR UPDATE"))
        done = rotation.rotate()
    assert (done.rewritten, done.left) == (2, 1)
    assert rotation.rotate().is_complete


def test_a_value_that_does_not_open_is_named_and_stops_nobody():
    rows = offices(3)
    with writing() as session:
        broken = session.get_one(Office, rows[1].id)
        broken._billing_email = (rows[0]._billing_email or b"")[:]
    keyring.use(BOTH)

    done = rotation.rotate(chunk=1)

    assert (done.rewritten, done.left) == (2, 1)
    assert done.unreadable == {f"offices.billing_email row {rows[1].id}"}


def test_the_outcome_is_in_the_audit_trail():
    offices(2)
    keyring.use(BOTH)
    rotation.rotate()

    with reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.outcome, event.changes) == ("keys rotated", "ok", '{"key_id":"k2","rows":2}')


def test_usage_counts_values_by_key():
    offices(2)
    keyring.use(BOTH)
    with writing() as session:
        session.scalars(select(Office).where(Office.code == "D1")).one().billing_email = "new@example.test"

    counted = {f"{each.table}.{each.column}": dict(found) for each, found in rotation.usage().items()}

    assert counted["offices.billing_email"] == {"k1": 1, "k2": 1}
    assert counted["users.email"] == {}


def test_every_sealed_column_of_every_table_is_met():
    met = {(each.table, each.column) for each in rotation.every_column()}

    assert met == {
        (each.table, each.column)
        for mapper in Office.registry.mappers
        for each in sealed_columns(mapper.class_)
    }
    assert ("documents", "wrapped_key") in met


def test_the_commands_say_what_they_did_and_which_key_may_go(app: Flask):
    offices(2)
    keyring.use(BOTH)
    runner = app.test_cli_runner()

    assert "k1: still needed." in runner.invoke(args=["keys", "status"]).output
    assert "2 values brought under k2; 0 left." in runner.invoke(args=["keys", "rotate"]).output
    assert "k1: may be taken off the ring." in runner.invoke(args=["keys", "status"]).output


def test_a_rotation_that_leaves_values_behind_ends_with_1_and_names_them(app: Flask):
    rows = offices(2)
    with writing() as session:
        session.get_one(Office, rows[1].id)._billing_email = rows[0]._billing_email
    keyring.use(BOTH)

    result = app.test_cli_runner().invoke(args=["keys", "rotate"])

    assert result.exit_code == 1
    assert f"Does not open: offices.billing_email row {rows[1].id}" in result.output
    assert "example.test" not in result.output


def test_a_new_ring_is_ready_to_use(app: Flask):
    output = app.test_cli_runner().invoke(args=["keys", "new", "k7", "--ring"]).output

    assert KeyRing.parse(output.strip().replace("\n", ",")).active.id == "k7"


def test_values_say_under_which_key_they_lie():
    (office,) = offices(1)

    assert key_id_of(office._billing_email or b"") == "k1"
