"""What a dump of the database, or of the document folder, must not show (spec SEC-03).

A model declares its binary column under a name of its own, and the sealed attribute over it:

    _customer_name: Mapped[bytes | None] = mapped_column("customer_name")
    customer_name = sealed("_customer_name")
"""

from __future__ import annotations

from dashboard.crypto.attributes import (
    Sealed,
    SealedColumn,
    sealed,
    sealed_columns,
    sealed_document_key,
    sealed_json,
)
from dashboard.crypto.blobs import decrypt_document, encrypt_document
from dashboard.crypto.indexes import blind_index, normal
from dashboard.crypto.sealing import (
    HEADER_BYTES,
    NoReference,
    Place,
    Unreadable,
    header_of,
    key_id_of,
    open_bytes,
    seal_bytes,
)

__all__ = [
    "HEADER_BYTES",
    "NoReference",
    "Place",
    "Sealed",
    "SealedColumn",
    "Unreadable",
    "blind_index",
    "decrypt_document",
    "encrypt_document",
    "header_of",
    "key_id_of",
    "normal",
    "open_bytes",
    "seal_bytes",
    "sealed",
    "sealed_columns",
    "sealed_document_key",
    "sealed_json",
]
