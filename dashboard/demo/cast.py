"""Who works at the invented firm and whom it serves."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from dashboard.npi import check_digit
from dashboard.rights import Role

GIVEN = (
    "Alder", "Aspen", "Birch", "Briar", "Cedar", "Clover", "Fern", "Hazel", "Heather", "Holly",
    "Ivy", "Juniper", "Laurel", "Linden", "Maple", "Olive", "Rowan", "Sage", "Sorrel", "Willow",
)  # fmt: skip
FAMILY = ("Example", "Sample", "Specimen", "Placeholder", "Invented")
PLACES = ("Riverbend", "Hilltop", "Lakeside", "Meadow", "Harbor", "Orchard", "Canyon", "Prairie")
KINDS = ("Family Practice", "Pediatrics", "Physical Therapy", "Cardiology", "Dental Group")
SPECIALTIES = (
    "Family medicine",
    "Internal medicine",
    "Pediatrics",
    "Physical therapy",
    "Cardiology",
    "Podiatry",
)
STATES = ("NY", "NJ", "PA", "FL", "TX", "CA", "IL", "OH", "VA", "WA")
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Phoenix", "America/Los_Angeles")


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the firm."""

    name: str
    email: str
    role: Role


STAFF = (
    Member("Ada Admin (demo)", "admin@demo.example", Role.ADMIN),
    Member("Finn Fulfiller (demo)", "fulfiller@demo.example", Role.FULFILLMENT),
    Member("Faye Fulfiller (demo)", "fulfiller2@demo.example", Role.FULFILLMENT),
    Member("Rita Reviewer (demo)", "reviewer@demo.example", Role.REVIEWER),
    Member("Bill Billing (demo)", "billing@demo.example", Role.BILLING),
    Member("Cora Compliance (demo)", "compliance@demo.example", Role.COMPLIANCE),
    Member("Lou Looker (demo)", "looker@demo.example", Role.READ_ONLY),
)
# Who signs in to the portal, for the first of the offices.
OFFICE_PEOPLE = (
    Member("Olga Office (demo)", "office@demo.example", Role.OFFICE_ADMIN),
    Member("Mark Member (demo)", "member@demo.example", Role.OFFICE_MEMBER),
)


def password(secret_key: str) -> str:
    """The demo accounts' common password: this installation's own, and the same at every start."""
    digest = hmac.new(secret_key.encode(), b"demo password", hashlib.sha256).hexdigest()
    return f"demo-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def invented_npi(dice: Random) -> str:
    """A number with a right check digit from a range that was never issued."""
    nine = f"29{dice.randrange(10**7):07d}"
    return nine + check_digit(nine)


def person(dice: Random) -> str:
    return f"Dr. {dice.choice(GIVEN)} {dice.choice(FAMILY)}"


def practices() -> Iterator[str]:
    """Names of practices, each once."""
    for number in range(len(PLACES)):
        yield f"{PLACES[number]} {KINDS[number % len(KINDS)]} (demo)"
