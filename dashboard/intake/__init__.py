"""The answers of an order: typed, validated, complete or not (INT-01 to INT-04)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

from dashboard.intake.answers import (
    CHOICE_LABELS,
    LABELS,
    REQUIRED,
    Deactivated,
    EntityKind,
    FilingReason,
    Intake,
    RosterMember,
    SurrogateAccess,
    asked,
    missing_required,
)
from dashboard.intake.parse import IntakeInvalid, Parsed, Problem, checked, parse
from dashboard.intake.sensitive import without_sensitive

__all__ = [
    "CHOICE_LABELS",
    "LABELS",
    "REQUIRED",
    "Deactivated",
    "EntityKind",
    "FilingReason",
    "Intake",
    "IntakeInvalid",
    "Parsed",
    "Problem",
    "RosterMember",
    "SurrogateAccess",
    "as_data",
    "asked",
    "checked",
    "completed",
    "contact_email",
    "missing_required",
    "parse",
    "provider",
    "todo_data",
    "without_sensitive",
]

NO_PROVIDER = "Unknown"


def as_data(intake: Intake) -> dict[str, Any]:
    """The intake as a JSON object: only answers given, dates as ISO texts; `parse` reads it back."""
    own = {each.name: plain(getattr(intake, each.name)) for each in fields(intake) if each.name != "more"}
    return {**intake.more, **{name: value for name, value in own.items() if value}}


def plain(value: Any) -> Any:
    if isinstance(value, RosterMember):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value and str(value)


def todo_data(intake: Intake) -> dict[str, Any]:
    """The intake as a todo keeps it: as `as_data`, without SSN and date of birth at any depth (FUL-03)."""
    data: dict[str, Any] = without_sensitive(as_data(intake))
    return data


def completed(earlier: Intake, later: Intake) -> Intake:
    """The earlier answers with the later ones over them; a blank later answer changes nothing."""
    news = {each.name: getattr(later, each.name) for each in fields(later) if each.name != "more"}
    given: Mapping[str, Any] = {
        name: value for name, value in news.items() if value != getattr(Intake(), name)
    }
    return replace(earlier, **given, more={**earlier.more, **later.more})


def provider(intake: Intake, customer_name: str | None) -> str:
    """Whom the order is about: the provider, else the customer, else "Unknown" (INT-03)."""
    return intake.provider_name or (customer_name or "").strip() or NO_PROVIDER


def contact_email(intake: Intake, customer_email: str | None) -> str | None:
    """Where to write: the intake's email, else the customer's; None if neither is known (INT-03)."""
    return intake.email or (customer_email or "").strip() or None
