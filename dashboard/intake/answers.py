"""The shape of an order's answers: what may be asked, and what each answer can be (INT-01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from dashboard.catalog import Service


class SurrogateAccess(StrEnum):
    """Whether the client lets us work in the agency's portal in their name."""

    YES = "yes"
    NO = "no"
    UNDECIDED = "undecided"


class FilingReason(StrEnum):
    """Why something is filed; it decides the form before the service does."""

    INITIAL = "initial"
    REVALIDATION = "revalidation"
    REACTIVATION = "reactivation"
    CHANGE = "change"
    DEACTIVATION = "deactivation"


class EntityKind(StrEnum):
    """Who the provider is in the eyes of CMS."""

    INDIVIDUAL = "individual"
    ORGANIZATION = "organization"
    SOLE_OWNER = "sole_owner"


class Deactivated(StrEnum):
    """What was deactivated, for a reactivation."""

    NPI = "npi"
    MEDICARE_BILLING = "medicare_billing"


@dataclass(frozen=True, slots=True)
class RosterMember:
    """One person of the staff to be screened."""

    name: str
    other_names: tuple[str, ...] = ()
    npi: str | None = None
    date_of_birth: date | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The valid answers of one order; None is an answer not given.

    `more` keeps, as JSON values, whatever else the client sent: nothing is lost.
    """

    npi: str | None = None
    provider_name: str | None = None
    email: str | None = None
    pecos_enrollment_id: str | None = None
    specialty: str | None = None
    practice_state: str | None = None
    surrogate_access: SurrogateAccess = SurrogateAccess.UNDECIDED
    filing_reason: FilingReason | None = None
    entity_kind: EntityKind | None = None
    change_date: date | None = None
    changes: str | None = None
    deactivated: Deactivated | None = None
    roster: tuple[RosterMember, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


REQUIRED = ("npi", "provider_name", "email")

LABELS: Mapping[str, str] = {
    "npi": "NPI",
    "provider_name": "Provider",
    "email": "Email",
    "pecos_enrollment_id": "PECOS Enrollment ID",
    "specialty": "Specialty",
    "practice_state": "Practice state",
    "surrogate_access": "Surrogate access",
    "filing_reason": "Reason for filing",
    "entity_kind": "Kind of provider",
    "change_date": "Date of the change",
    "changes": "What changes",
    "deactivated": "What was deactivated",
    "roster": "Staff to screen",
}

CHOICE_LABELS: Mapping[StrEnum, str] = {
    SurrogateAccess.YES: "Yes, we grant surrogate access",
    SurrogateAccess.NO: "No",
    SurrogateAccess.UNDECIDED: "Not decided yet",
    FilingReason.INITIAL: "First enrollment",
    FilingReason.REVALIDATION: "Revalidation",
    FilingReason.REACTIVATION: "Reactivation",
    FilingReason.CHANGE: "Change of information",
    FilingReason.DEACTIVATION: "Deactivation",
    EntityKind.INDIVIDUAL: "An individual",
    EntityKind.ORGANIZATION: "An organization",
    EntityKind.SOLE_OWNER: "The sole owner of an entity",
    Deactivated.NPI: "The NPI",
    Deactivated.MEDICARE_BILLING: "Medicare billing",
}

FILED = ("pecos_enrollment_id", "specialty", "practice_state", "surrogate_access")
ASKED_BESIDES: Mapping[str, tuple[str, ...]] = {
    "npi-revalidation": (*FILED, "entity_kind"),
    "npi-reactivation": ("deactivated", *FILED, "entity_kind"),
    "nppes-update": ("change_date", "changes", "specialty", "practice_state", "surrogate_access"),
    "medicare-enrollment": (*FILED, "entity_kind", "filing_reason"),
    "oig-sam-screening": ("practice_state", "roster"),
    "provider-compliance-bundle": (*FILED, "entity_kind", "roster"),
}


def asked(service: Service) -> tuple[str, ...]:
    """The fields that an order page of this service asks, the required ones first."""
    return REQUIRED + ASKED_BESIDES[service.slug]


def missing_required(intake: Intake) -> tuple[str, ...]:
    """The required fields without an answer; an order that has some is "intake incomplete" (INT-03)."""
    return tuple(name for name in REQUIRED if getattr(intake, name) is None)
