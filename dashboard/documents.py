"""Documents, kept encrypted: the bytes in the store, the name and its revisions in a row (spec FRM-03).

A door keeps one in two steps, so that no transaction waits for a disk:

    stored = documents.put(data, store)
    with writing():
        documents.keep(filing_name(order, "855i", Stage.UNSIGNED), stored, order=order, content_type=PDF, ...)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.crypto import decrypt_document, encrypt_document
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.gateways.roles import BlobDamaged, Store
from dashboard.models import Document, Invoice, Order
from dashboard.unit import outside

PDF = "application/pdf"
_NAME = re.compile(r"compliance/(?P<order>[A-Za-z0-9-]{1,20})/(?P<file>[a-z][a-z0-9_-]{0,80})\.[a-z0-9]{1,8}")
_LIKE_AN_SSN = re.compile(r"\d{3}[-_]?\d{2}[-_]?\d{4}")


class BadName(DomainError):
    """A document's name would say what a name must not, or belongs to another order."""

    status = 422
    code = "BAD_DOCUMENT_NAME"


class Stage(StrEnum):
    """How far a filing's file is."""

    UNSIGNED = "unsigned"
    SIGNED = "signed"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Stored:
    """A document whose encrypted bytes lie in the store, and what its row must know to open them."""

    blob_hash: str
    sha256: str
    size: int
    data_key: bytes = field(repr=False)


def filing_name(order: Order, form: str, stage: Stage, *, nth: int = 1) -> str:
    """A filing's file: `compliance/<order>/cms<form>_<stage>.pdf`, the second form of a kind with `-2`."""
    again = f"-{nth}" if nth > 1 else ""
    return f"compliance/{order.order_number}/cms{form}{again}_{stage}.pdf"


def put(data: bytes, store: Store) -> Stored:
    """Encrypt a document and bring it into the store. Said outside any unit of work.

    Raises:
        StoreUnavailable: nothing was kept.
    """
    outside()
    data_key, blob = encrypt_document(data)
    stored = Stored(_hash(blob), _hash(data), len(data), data_key)
    store.put_once(stored.blob_hash, blob)
    return stored


def keep(
    name: str, stored: Stored, *, order: Order, content_type: str, now: datetime, by: int | None
) -> Document:
    """Give a stored document its name among the order's. A name that is taken gets its next revision.

    Telling the newest revision again gives that revision; the blob stored meanwhile is then nobody's. `by` is
    an account's id, or None for the program itself.

    Raises:
        BadName: not `compliance/<order>/<word>.<ending>` of this order, or it holds a number like an SSN.
    """
    _check(name, order)
    db.session.execute(select(Order.id).where(Order.id == order.id).with_for_update())
    return _keep(name, stored, order_id=order.id, content_type=content_type, now=now, by=by)


def invoice_name(invoice: Invoice) -> str:
    """An issued invoice's paper: it is drawn once and never changes."""
    return f"invoices/{invoice.ref}.pdf"


def keep_invoice(invoice: Invoice, stored: Stored, *, now: datetime) -> Document:
    """Give an invoice's stored paper its name. The first one stays: drawn twice, the second is nobody's."""
    db.session.execute(select(Invoice.id).where(Invoice.id == invoice.id).with_for_update())
    name = invoice_name(invoice)
    return latest(name) or _keep(name, stored, order_id=None, content_type=PDF, now=now, by=None)


def _keep(
    name: str, stored: Stored, *, order_id: int | None, content_type: str, now: datetime, by: int | None
) -> Document:
    newest = latest(name)
    if newest and newest.sha256 == stored.sha256:
        return newest
    document = Document(
        name=name,
        revision=newest.revision + 1 if newest else 1,
        content_type=content_type,
        size=stored.size,
        sha256=stored.sha256,
        blob_hash=stored.blob_hash,
        data_key=stored.data_key,
        order_id=order_id,
        created_at=now,
        created_by=by,
    )
    db.session.add(document)
    audit.record(Action.DOCUMENT_KEPT, document, changes={"revision": document.revision})
    return document


def latest(name: str) -> Document | None:
    """The newest revision of a name."""
    return db.session.scalar(
        select(Document).where(Document.name == name).order_by(Document.revision.desc()).limit(1)
    )


def fetch(document: Document, store: Store) -> bytes:
    """The document's bytes, both hashes checked. Said outside any unit of work; the door audits the reading.

    Raises:
        BlobMissing, BlobDamaged, StoreUnavailable: the store's errors.
        Unreadable: the row and its blob do not belong together.
    """
    outside()
    data = decrypt_document(store.open(document.blob_hash), document.data_key)
    if _hash(data) != document.sha256:
        raise BlobDamaged(document.blob_hash)
    return data


def _check(name: str, order: Order) -> None:
    shape = _NAME.fullmatch(name)
    if not shape or shape["order"] != order.order_number:
        raise BadName("A document is named compliance/<its order>/<word>.<ending>.")
    if _LIKE_AN_SSN.search(shape["file"]):
        raise BadName("A document's name holds no number that could be an SSN.")


def _hash(data: bytes) -> str:
    return sha256(data).hexdigest()
