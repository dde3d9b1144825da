"""The ePHI wall's first line: the only shapes that may go to the payment provider (spec PHI-01).

None of them can hold free text. Wording comes from a closed list, amounts are integers, time is a month,
names are random references, and the two strings of an office are those that a second person verified.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Wording(StrEnum):
    """Every wording that an invoice line may carry, inside and outside. A closed list, not a filter."""

    PATIENT_ACTIVATIONS = "Patient Activations"
    SETUP_FEE = "Setup fee"
    ONBOARDING = "Onboarding"
    TRAINING = "Training"
    DATA_IMPORT = "Data import"
    DOCUMENT_COPIES = "Document copies"
    LATE_FEE = "Late fee"
    ADJUSTMENT = "Adjustment"
    CREDIT = "Credit"


class NotAReference(ValueError):
    """The text is no opaque reference."""


@dataclass(frozen=True, slots=True)
class Reference:
    """32 random hex digits, made for one outside line or object. Anything else is refused."""

    value: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{32}", self.value):
            raise NotAReference("A reference is 32 hexadecimal digits.")


@dataclass(frozen=True, slots=True)
class Verified:
    """An office's name or billing email, exactly as a second person verified it (spec OFF-03)."""

    value: str


@dataclass(frozen=True, slots=True)
class OutboundLine:
    """One line: so many of this at so many cents, in this month (its first day) or in none."""

    wording: Wording
    quantity: int
    unit_cents: int
    month: date | None
    reference: Reference


@dataclass(frozen=True, slots=True)
class OutboundInvoice:
    """One issued invoice. Its lines add up to `total_cents`; `due_days` counts from today."""

    reference: Reference
    customer: Reference
    lines: tuple[OutboundLine, ...]
    total_cents: int
    month: date | None
    due_days: int


@dataclass(frozen=True, slots=True)
class OutboundCustomer:
    """One office, by its verified strings."""

    reference: Reference
    name: Verified
    email: Verified


@dataclass(frozen=True, slots=True)
class OutboundRefund:
    """So many cents that were paid of an invoice go back."""

    reference: Reference
    invoice: Reference
    cents: int


@dataclass(frozen=True, slots=True)
class OutboundCredit:
    """So many cents of an open invoice need not be paid."""

    reference: Reference
    invoice: Reference
    cents: int
