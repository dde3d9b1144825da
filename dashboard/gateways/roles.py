"""The roles themselves, and the errors that every product's own errors become.

They are not the business saying no, so they are no `DomainError`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class GatewayError(Exception):
    """Something outside did not do its part. Says what, never what was being said."""


class StoreUnavailable(GatewayError):
    """The document store cannot be read or written: a full disk, a missing right, a lost connection."""


class BlobMissing(GatewayError):
    """The store has no blob under this hash."""


class BlobDamaged(GatewayError):
    """What the store holds under this hash is not what was stored."""


class Store(Protocol):
    """Keeps encrypted blobs under the SHA-256 of their bytes, in hexadecimal."""

    def put_once(self, blob_hash: str, data: bytes) -> None:
        """Keep a blob. Harmless to repeat. Raises StoreUnavailable."""

    def open(self, blob_hash: str) -> bytes:
        """The blob, its hash checked. Raises BlobMissing, BlobDamaged, StoreUnavailable."""

    def stat(self, blob_hash: str) -> int | None:
        """Its size in bytes, or None where there is none. Raises StoreUnavailable."""


class NotAccepted(GatewayError):
    """The other side surely did not take it: trying again is harmless."""


class Doubtful(GatewayError):
    """The line broke before the other side answered: it may have taken it."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail as it leaves: plain text and HTML with the same facts, a Message-ID that a repeat keeps."""

    to: str
    subject: str
    text: str
    html: str
    message_id: str


class Mailer(Protocol):
    """Hands mail over. Raises NotAccepted or Doubtful."""

    def send(self, letter: Letter) -> None: ...


class Chat(Protocol):
    """Says one line on the staff channel. Raises NotAccepted or Doubtful."""

    def say(self, text: str) -> None: ...
