"""Who a patient is: five values, checked one by one (spec PAT-01). A refusal never repeats the value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from dashboard.errors import Invalid
from dashboard.intake import values
from dashboard.intake.values import Refused

MRN = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./#-]{0,39}")
PHONE = re.compile(r"[0-9+() ./x-]{7,30}")
DIGITS = range(7, 16)


@dataclass(frozen=True, slots=True)
class Identity:
    """A patient's name, and what else is known; `date_of_birth` is `2001-02-03`. Shown nowhere by itself."""

    name: str
    date_of_birth: str | None = None
    email: str | None = None
    phone: str | None = None
    mrn: str | None = None

    def __repr__(self) -> str:
        return "Identity(…)"


FIELDS = tuple(field.name for field in fields(Identity))


@dataclass(frozen=True, slots=True)
class Problem:
    """A field, and what is wrong with it in words that hold no value."""

    field: str
    message: str


def checked(told: Mapping[str, str | None], today: date) -> Identity:
    """The identity of these values.

    Raises:
        Invalid: the first field that cannot be; the text does not repeat it.
    """
    identity, problems = read(told, today)
    if identity is None:
        raise Invalid(problems[0].field, problems[0].message)
    return identity


def read(told: Mapping[str, str | None], today: date) -> tuple[Identity | None, list[Problem]]:
    """The identity, or everything that is wrong with it. `today` is the office's: nobody is born later."""
    found: dict[str, Any] = {}
    problems = []
    for field in FIELDS:
        try:
            found[field] = _value(field, told.get(field), today)
        except Refused as error:
            problems.append(Problem(field, str(error)))
    if problems:
        return None, problems
    return Identity(**found), []


def _value(field: str, raw: str | None, today: date) -> str | None:
    if not values.is_storable(raw or ""):
        raise Refused("This is no readable text.")
    text = values.one_line((raw or "").replace("\n", " "))
    if text:
        return CHECKS[field](text, today)
    if field == "name":
        raise Refused("The name is missing.")
    return None


def _birth(text: str, today: date) -> str:
    day = values.day(text)
    if day > today:
        raise Refused("A date of birth does not lie in the future.")
    return day.isoformat()


def _email(text: str, today: date) -> str:
    return values.email(text)


def _phone(text: str, today: date) -> str:
    if not PHONE.fullmatch(text) or sum(char.isdigit() for char in text) not in DIGITS:
        raise Refused("Write a phone number of 7 to 15 digits.")
    return text


def _mrn(text: str, today: date) -> str:
    if not MRN.fullmatch(text):
        raise Refused("A record number has at most 40 letters, digits, spaces and . / # -")
    return text


def _name(text: str, today: date) -> str:
    if not any(char.isalpha() for char in text):
        raise Refused("A name has letters.")
    return values.words(200)(text)


CHECKS: Mapping[str, Callable[[str, date], str]] = {
    "name": _name,
    "date_of_birth": _birth,
    "email": _email,
    "phone": _phone,
    "mrn": _mrn,
}
