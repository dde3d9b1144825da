"""Reading an intake: from a web form, a JSON object or a JSON string to the same `Intake` (INT-01, INT-04).

Every problem is found at once, every good answer is kept, and so is everything that we did not ask for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple, NoReturn

from dashboard.errors import Invalid
from dashboard.intake import roster, values
from dashboard.intake.answers import (
    Deactivated,
    EntityKind,
    FilingReason,
    Intake,
    RosterMember,
    SurrogateAccess,
)

MOST_CHARACTERS = 200_000
DEEPEST = 12
WHOLE = "intake_data"

READERS: Mapping[str, Callable[[str], Any]] = {
    "npi": values.npi_number,
    "provider_name": values.words(200),
    "email": values.email,
    "pecos_enrollment_id": values.enrollment_id,
    "specialty": values.words(120),
    "practice_state": values.state,
    "surrogate_access": values.one_of(SurrogateAccess),
    "filing_reason": values.one_of(FilingReason),
    "entity_kind": values.one_of(EntityKind),
    "change_date": values.day,
    "changes": values.lines(4000),
    "deactivated": values.one_of(Deactivated),
}
YES_OR_NO = {True: "yes", False: "no"}


class Problem(NamedTuple):
    """What is wrong with one field, in a sentence for the person who filled it in."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """The good answers and the problems with the others."""

    intake: Intake
    problems: tuple[Problem, ...] = ()


class IntakeInvalid(Invalid):
    """Some answers cannot be taken; `problems` lists all of them, `field` is the first one's."""

    code = "INTAKE_INVALID"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__(problems[0].field, " ".join(f"{each.field}: {each.message}" for each in problems))


def checked(given: Mapping[str, Any] | str) -> Intake:
    """The intake of what was given, when nothing in it is wrong; missing answers are no error.

    Raises:
        IntakeInvalid: with every problem at once.
    """
    parsed = parse(given)
    if parsed.problems:
        raise IntakeInvalid(parsed.problems)
    return parsed.intake


def parse(given: Mapping[str, Any] | str) -> Parsed:
    """Read answers given as a mapping of texts or JSON values, or as a JSON string of an object."""
    try:
        return answers(mapping(given))
    except values.Refused as error:
        return Parsed(Intake(), (Problem(WHOLE, str(error)),))


def mapping(given: Mapping[str, Any] | str) -> Mapping[str, Any]:
    """The object behind what was given, bounded in size and depth."""
    value = from_json(given) if isinstance(given, str) else given
    if not isinstance(value, Mapping):
        raise values.Refused("Send the intake as an object of fields and answers.")
    if not is_sound(value, DEEPEST):
        raise values.Refused("The intake holds characters or nesting that cannot be kept. Send plain values.")
    if len(json.dumps(value, default=str)) > MOST_CHARACTERS:
        raise values.Refused(f"The intake is longer than {MOST_CHARACTERS} characters.")
    return value


def from_json(text: str) -> Any:
    if len(text) > MOST_CHARACTERS:
        raise values.Refused(f"The intake is longer than {MOST_CHARACTERS} characters.")
    try:
        return json.loads(text, parse_constant=not_json)
    except (ValueError, RecursionError):
        raise values.Refused("The intake is not valid JSON.") from None


def not_json(constant: str) -> NoReturn:
    raise ValueError(constant)


def is_sound(value: object, levels: int) -> bool:
    """Whether a JSON value can be stored: no lone surrogates or NULs, not nested deeper than `levels`."""
    if isinstance(value, str):
        return values.is_storable(value)
    if isinstance(value, Mapping):
        return levels > 0 and all(
            isinstance(key, str) and is_sound(key, 1) and is_sound(each, levels - 1)
            for key, each in value.items()
        )
    if isinstance(value, list | tuple):
        return levels > 0 and all(is_sound(each, levels - 1) for each in value)
    return value is None or isinstance(value, bool | int) or (isinstance(value, float) and isfinite(value))


def answers(given: Mapping[str, Any]) -> Parsed:
    good: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, read in READERS.items():
        try:
            if (text := as_text(given.get(name))) != "":
                good[name] = read(text)
        except values.Refused as error:
            problems.append(Problem(name, str(error)))
    members, wrong = staff(given.get("roster"))
    problems += [Problem("roster", message) for message in wrong]
    more = {name: value for name, value in given.items() if name not in READERS and name != "roster"}
    return Parsed(Intake(**good, roster=members, more=more), tuple(problems))


def as_text(value: object) -> str:
    """A JSON scalar as the text a person would have typed."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES_OR_NO[value]
    if isinstance(value, str | int):
        return values.clean(str(value))
    raise values.Refused("Give one text here.")


def staff(value: object) -> tuple[tuple[RosterMember, ...], list[str]]:
    if not value:
        return (), []
    if isinstance(value, str):
        return roster.from_csv(value)
    if isinstance(value, list | tuple):
        return roster.from_rows(list(value))
    return (), ["Give the staff as a list of people or as CSV."]
