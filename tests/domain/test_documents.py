"""Documents: encrypted in the store, named with revisions in a row (spec FRM-03)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from dashboard import documents
from dashboard.crypto import Place, Unreadable, open_bytes
from dashboard.documents import PDF, BadName, Stage, filing_name
from dashboard.gateways.folder import FolderStore
from dashboard.gateways.roles import BlobDamaged, BlobMissing
from dashboard.keyring import Purpose
from dashboard.models import AuditEvent, Document, Order, OrderSource
from dashboard.unit import UnitStillOpen, reading, writing

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
PAGES = b"%PDF-1.7 Dr. Sample Provider 900-11-2233"
pytestmark = pytest.mark.both


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "documents")


@pytest.fixture
def order(app: Flask) -> Order:
    with writing() as session:
        order = an_order("CO-TEST1")
        session.add(order)
    return order


def an_order(number: str) -> Order:
    return Order(
        order_number=number,
        source=OrderSource.STAFF,
        entry_key=number,
        service_slug="npi-revalidation",
        price_cents=1,
        allowed_methods=["card"],
        amount_cents=1,
        created_at=NOW,
        updated_at=NOW,
    )


def kept(order: Order, data: bytes, store: FolderStore, name: str | None = None) -> Document:
    stored = documents.put(data, store)
    with writing():
        name = name or filing_name(order, "855i", Stage.UNSIGNED)
        return documents.keep(name, stored, order=order, content_type=PDF, now=NOW, by=None)


def on_disk(tmp_path: Path) -> list[Path]:
    return [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_document_reads_back(order: Order, store: FolderStore):
    document = kept(order, PAGES, store)

    assert documents.fetch(document, store) == PAGES
    assert (document.size, document.sha256) == (len(PAGES), sha256(PAGES).hexdigest())


def test_names_are_those_of_the_contract(order: Order):
    assert filing_name(order, "855i", Stage.UNSIGNED) == "compliance/CO-TEST1/cms855i_unsigned.pdf"
    assert filing_name(order, "10114", Stage.SEALED, nth=2) == "compliance/CO-TEST1/cms10114-2_sealed.pdf"


def test_neither_folder_nor_row_shows_the_document(order: Order, store: FolderStore, tmp_path: Path):
    document = kept(order, PAGES, store)

    (path,) = on_disk(tmp_path)
    row = str(vars(document)).encode()
    for secret in (b"Sample", b"900-11-2233", sha256(PAGES).hexdigest().encode()):
        assert secret not in path.read_bytes()
        assert secret not in row
        assert secret not in str(path).encode()


def test_a_name_that_is_taken_gets_its_next_revision(order: Order, store: FolderStore):
    first, second = kept(order, b"one", store), kept(order, b"two", store)

    assert (first.revision, second.revision) == (1, 2)
    with reading():
        newest = documents.latest(first.name)
    assert newest
    assert documents.fetch(newest, store) == b"two"
    assert documents.fetch(first, store) == b"one"


def test_keeping_the_newest_revision_again_makes_no_other(order: Order, store: FolderStore):
    first, again = kept(order, PAGES, store), kept(order, PAGES, store)

    assert again.id == first.id
    assert documents.fetch(again, store) == PAGES


def test_keeping_is_in_the_audit_trail(order: Order, store: FolderStore):
    document = kept(order, PAGES, store)

    with reading() as session:
        event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.object_ref, event.changes) == (
        "document kept",
        document.ref,
        '{"revision":1}',
    )


@pytest.mark.parametrize(
    "name",
    [
        "compliance/CO-OTHER/cms855i_unsigned.pdf",
        "compliance/CO-TEST1/../CO-OTHER/cms855i_unsigned.pdf",
        "compliance/CO-TEST1/Sample Provider.pdf",
        "compliance/CO-TEST1/ssn_900-11-2233.pdf",
        "compliance/CO-TEST1/ssn900112233.pdf",
        "/etc/passwd",
        "",
    ],
)
def test_a_name_that_tells_or_leads_elsewhere_is_refused(order: Order, store: FolderStore, name: str):
    stored = documents.put(PAGES, store)

    with writing(), pytest.raises(BadName):
        documents.keep(name, stored, order=order, content_type=PDF, now=NOW, by=None)


def test_no_unit_of_work_is_open_while_the_store_works(order: Order, store: FolderStore):
    document = kept(order, PAGES, store)

    with reading(), pytest.raises(UnitStillOpen):
        documents.put(PAGES, store)
    with reading(), pytest.raises(UnitStillOpen):
        documents.fetch(document, store)


def test_a_flipped_byte_in_the_store_is_seen(order: Order, store: FolderStore, tmp_path: Path):
    document = kept(order, PAGES, store)
    (path,) = on_disk(tmp_path)
    path.write_bytes(path.read_bytes()[:-1] + b"X")

    with pytest.raises(BlobDamaged):
        documents.fetch(document, store)


def test_a_lost_blob_is_a_named_error(order: Order, store: FolderStore, tmp_path: Path):
    document = kept(order, PAGES, store)
    on_disk(tmp_path)[0].unlink()

    with pytest.raises(BlobMissing):
        documents.fetch(document, store)


def test_a_row_pointed_at_another_documents_blob_opens_nothing(order: Order, store: FolderStore):
    one, two = kept(order, b"one", store), kept(order, b"two", store)
    one.blob_hash = two.blob_hash

    with pytest.raises(Unreadable):
        documents.fetch(one, store)


def test_a_row_given_another_rows_key_opens_nothing(order: Order, store: FolderStore):
    one, two = kept(order, b"one", store), kept(order, b"two", store)
    one.blob_hash, one._wrapped_key = two.blob_hash, two._wrapped_key

    with pytest.raises(Unreadable):
        documents.fetch(one, store)


def test_data_keys_are_wrapped_by_a_subkey_of_their_own(order: Order, store: FolderStore):
    document = kept(order, PAGES, store)
    place = Place("documents", "wrapped_key", document.ref)

    assert open_bytes(document._wrapped_key, place, purpose=Purpose.DOCUMENTS) == document.data_key
    with pytest.raises(Unreadable):
        open_bytes(document._wrapped_key, place, purpose=Purpose.FIELDS)


def test_a_hash_that_is_not_the_documents_is_seen(order: Order, store: FolderStore):
    stored = replace(documents.put(PAGES, store), sha256="0" * 64)
    with writing():
        name = filing_name(order, "855i", Stage.UNSIGNED)
        document = documents.keep(name, stored, order=order, content_type=PDF, now=NOW, by=None)

    with pytest.raises(BlobDamaged):
        documents.fetch(document, store)
