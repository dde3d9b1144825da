"""Plays the role `payments` until Stripe is joined: keeps each letter, and answers as a provider would."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from dashboard.gateways.roles import SentInvoice
from dashboard.outbound import (
    OutboundCredit,
    OutboundCustomer,
    OutboundInvoice,
    OutboundRefund,
    Reference,
)

Keep = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Hands each letter to `keep` as (purpose, reference, canonical JSON); `create_app` says what keeps
    them.
    """

    keep: Keep

    def send_invoice(self, letter: OutboundInvoice) -> SentInvoice:
        self._kept("invoice", letter.reference, asdict(letter))
        return SentInvoice(f"in_{letter.reference.value}", None)

    def make_customer(self, letter: OutboundCustomer) -> str:
        self._kept("customer", letter.reference, asdict(letter))
        return f"cus_{letter.reference.value}"

    def void_invoice(self, invoice: Reference) -> None:
        self._kept("void", invoice, {"reference": invoice.value})

    def mark_paid_out_of_band(self, invoice: Reference) -> None:
        self._kept("paid_out_of_band", invoice, {"reference": invoice.value})

    def refund(self, letter: OutboundRefund) -> str:
        self._kept("refund", letter.reference, asdict(letter))
        return f"re_{letter.reference.value}"

    def credit(self, letter: OutboundCredit) -> None:
        self._kept("credit", letter.reference, asdict(letter))

    def _kept(self, purpose: str, reference: Reference, letter: dict[str, Any]) -> None:
        self.keep(purpose, reference.value, canonical(letter))


def canonical(letter: dict[str, Any]) -> str:
    """The letter as JSON that is the same text for the same letter."""
    return json.dumps(_plain(letter), sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _plain(value: Any) -> Any:
    """References and verified strings as their text, days as ISO, all else as it is."""
    if isinstance(value, dict):
        return (
            value["value"] if set(value) == {"value"} else {key: _plain(each) for key, each in value.items()}
        )
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
