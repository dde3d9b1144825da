"""The roles that outside products play for us. A gateway module knows the product, its callers the role."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from dashboard.gateways.roles import (
    BlobDamaged,
    BlobMissing,
    Chat,
    Doubtful,
    GatewayError,
    Letter,
    Mailer,
    NotAccepted,
    Payments,
    SentInvoice,
    Store,
    StoreUnavailable,
)

__all__ = [
    "BlobDamaged",
    "BlobMissing",
    "Chat",
    "Doubtful",
    "GatewayError",
    "Gateways",
    "Letter",
    "Mailer",
    "NotAccepted",
    "Payments",
    "SentInvoice",
    "Store",
    "StoreUnavailable",
    "joined",
]


@dataclass(frozen=True, slots=True)
class Gateways:
    """Who plays each role in this installation; `None` where nobody does."""

    store: Store
    mailer: Mailer | None
    chat: Chat | None
    payments: Payments


def joined() -> Gateways:
    """The gateways of the running app. For doors; the rules never ask."""
    found: Gateways = current_app.extensions["gateways"]
    return found
