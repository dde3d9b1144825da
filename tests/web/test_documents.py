"""A document is read by who may, as a download, and each reading stands in the audit trail."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from dashboard import documents
from dashboard.documents import PDF, Stage, filing_name
from dashboard.models import AuditEvent, Document
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import sales
from tests.support.signed_in import signed_in

PAGES = b"%PDF-1.7 an invented form"


def kept(app: Flask) -> Document:
    stored = documents.put(PAGES, app.extensions["gateways"].store)
    with writing():
        order = sales.sell()
        name = filing_name(order, "855i", Stage.UNSIGNED)
        return documents.keep(name, stored, order=order, content_type=PDF, now=NOW, by=None)


def readings() -> list[tuple[str | None, str]]:
    with reading() as session:
        said = select(AuditEvent.object_ref, AuditEvent.outcome).where(AuditEvent.action == "document read")
        return [tuple(row) for row in session.execute(said)]


def test_a_document_is_a_download_and_its_reading_is_audited(app: Flask) -> None:
    document = kept(app)
    client, _ = signed_in(app, Role.REVIEWER)
    answer = client.get(f"/staff/documents/{document.ref}")
    assert (answer.data, answer.mimetype) == (PAGES, PDF)
    assert answer.headers["Content-Disposition"] == "attachment; filename=cms855i_unsigned.pdf"
    assert readings() == [(document.ref, "ok")]


def test_who_may_not_read_documents_is_refused(app: Flask) -> None:
    document = kept(app)
    client, _ = signed_in(app, Role.READ_ONLY)
    assert client.get(f"/staff/documents/{document.ref}").status_code == 403
    assert readings() == []


def test_an_unknown_document_is_not_found(app: Flask) -> None:
    client, _ = signed_in(app)
    assert client.get(f"/staff/documents/{'0' * 32}").status_code == 404
