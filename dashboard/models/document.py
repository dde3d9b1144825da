"""Documents: a name with revisions, and where its encrypted bytes lie (spec FRM-03)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.crypto import sealed, sealed_document_key
from dashboard.models.base import Referenced


class Document(Referenced):
    """One revision of one name; written once, never changed but for its key's wrapping.

    `sha256` is that of the document itself, and is sealed: a form is known but for a few digits, and
    whoever holds its plain hash could try them all. `blob_hash` is that of the encrypted bytes, under which
    the store keeps them.
    """

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("name", "revision"),
        CheckConstraint("revision >= 1 AND size >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    revision: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    _sha256: Mapped[bytes] = mapped_column("sha256")
    sha256 = sealed("_sha256", required=True)
    blob_hash: Mapped[str] = mapped_column(String(64), unique=True)
    _wrapped_key: Mapped[bytes] = mapped_column("wrapped_key")
    data_key = sealed_document_key("_wrapped_key")
    order_id: Mapped[int | None] = mapped_column(ForeignKey("compliance_orders.id"), index=True)
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
