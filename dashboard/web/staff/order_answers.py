"""An order's answers as staff see them: dates of birth, SSNs and their like masked until asked for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from dashboard.catalog import SERVICES
from dashboard.intake import CHOICE_LABELS, LABELS, Intake, RosterMember, SurrogateAccess, asked
from dashboard.intake.sensitive import SSN_IN_TEXT, is_sensitive
from dashboard.orders import words
from dashboard.web.filters import day_words

MASK = "••••"
ASKED = {service.slug: frozenset(asked(service)) for service in SERVICES}


def facts(intake: Intake, slug: str, *, revealed: bool) -> Iterator[tuple[str, str]]:
    """What the service asks, and whatever else was answered, with labels; masked unless revealed."""
    nothing, ours = own(Intake()), ASKED.get(slug, frozenset(LABELS))
    for name, value in own(intake).items():
        if name in ours or value != nothing[name]:
            yield LABELS[name], shown(name, value, revealed)
    for member in intake.roster:
        yield "Staff", person(member, revealed)
    for name, value in intake.more.items():
        yield name, shown(name, value, revealed)


def shown(name: str, value: object, revealed: bool) -> str:
    text = in_words(value)
    return text if revealed or not hidden(name, value) else MASK


def in_words(value: object) -> str:
    if isinstance(value, SurrogateAccess):
        return CHOICE_LABELS[value]
    if isinstance(value, date):
        return day_words(value)
    return str(value) if isinstance(value, dict | list) else words.worded(value)


def hidden(name: str, value: object) -> bool:
    """Whether an answer is masked: by its name, or because its text holds an SSN, at any depth."""
    if isinstance(value, dict):
        return is_sensitive(name) or any(hidden(key, each) for key, each in value.items())
    if isinstance(value, list):
        return is_sensitive(name) or any(hidden(name, each) for each in value)
    return is_sensitive(name) or bool(SSN_IN_TEXT.search(str(value)))


def person(member: RosterMember, revealed: bool) -> str:
    born = member.date_of_birth
    told = [
        member.name,
        f"also {', '.join(member.other_names)}" if member.other_names else "",
        f"NPI {member.npi}" if member.npi else "",
        f"born {birth(born, revealed)}" if born else "",
    ]
    return ", ".join(part for part in told if part)


def birth(born: date, revealed: bool) -> str:
    return day_words(born) if revealed else MASK


def has_sensitive(intake: Intake) -> bool:
    """Whether something on the page is masked."""
    born = any(member.date_of_birth for member in intake.roster)
    return born or any(hidden(name, value) for name, value in {**own(intake), **intake.more}.items())


def own(intake: Intake) -> dict[str, Any]:
    """The answers to our own questions but for the roster, by name."""
    return {name: getattr(intake, name) for name in LABELS if name != "roster"}
