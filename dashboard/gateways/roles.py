"""The roles themselves, and the errors that every product's own errors become.

They are not the business saying no, so they are no `DomainError`s.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from dashboard.outbound import (
    OutboundCredit,
    OutboundCustomer,
    OutboundInvoice,
    OutboundRefund,
    Reference,
)


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


@dataclass(frozen=True, slots=True)
class SentInvoice:
    """What the payment provider calls an invoice, and the page where it can be paid, where there is one."""

    invoice_id: str
    hosted_url: str | None


class Payments(Protocol):
    """The payment provider. Each act is safe to repeat with the same letter. Raises NotAccepted or
    Doubtful.
    """

    def send_invoice(self, letter: OutboundInvoice) -> SentInvoice: ...

    def make_customer(self, letter: OutboundCustomer) -> str:
        """Make or update an office's customer; gives the provider's id."""

    def void_invoice(self, invoice: Reference) -> None: ...

    def mark_paid_out_of_band(self, invoice: Reference) -> None: ...

    def refund(self, letter: OutboundRefund) -> str:
        """Give money back; gives the provider's id of the refund."""

    def credit(self, letter: OutboundCredit) -> None: ...
