"""One answer at a time: from what somebody typed or sent to a clean value.

Each function here takes a stripped, non-empty text and raises `Refused` with the way out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import TypeVar

from dashboard import npi
from dashboard.intake import states

Choice = TypeVar("Choice", bound=StrEnum)

EMAIL = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z0-9-]{2,60}")
ENROLLMENT_ID = re.compile(r"[A-Z0-9-]{1,20}")
ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
US_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


class Refused(ValueError):
    """This answer cannot be taken; the text says why and what to do."""


def clean(text: str) -> str:
    """Text as we keep it: composed, without invisible characters, one space for many, line breaks kept."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")
    return "\n".join(one_line(line) for line in lines).strip()


def one_line(line: str) -> str:
    spaced = line.replace("\t", " ")
    visible = "".join(char for char in spaced if unicodedata.category(char) not in INVISIBLE)
    return " ".join(visible.split())


def is_storable(text: str) -> bool:
    """Whether the text can be written as UTF-8 and to every database: no lone surrogates, no NUL."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def words(limit: int) -> Callable[[str], str]:
    """A check for one line of at most `limit` characters."""

    def checked(text: str) -> str:
        line = " ".join(text.split())
        if len(line) > limit:
            raise Refused(f"Write at most {limit} characters; this is {len(line)}.")
        return line

    return checked


def lines(limit: int) -> Callable[[str], str]:
    """A check for several lines of at most `limit` characters together."""

    def checked(text: str) -> str:
        if len(text) > limit:
            raise Refused(f"Write at most {limit} characters; this is {len(text)}.")
        return text

    return checked


def npi_number(text: str) -> str:
    try:
        return npi.checked(text)
    except npi.WrongNpi as error:
        raise Refused(str(error)) from None


def email(text: str) -> str:
    if EMAIL.fullmatch(text) is None or ".." in text:
        raise Refused("Write one email address, like name@example.com.")
    return text


def enrollment_id(text: str) -> str:
    if ENROLLMENT_ID.fullmatch(text.upper()) is None:
        raise Refused("A PECOS Enrollment ID has letters and digits only, like I20200101000123.")
    return text.upper()


def state(text: str) -> str:
    code = states.code_of(text)
    if code is None:
        raise Refused("Give the state by its two letters, like OH.")
    return code


def day(text: str) -> date:
    try:
        return parsed_day(text)
    except ValueError:
        raise Refused("Write the date as year-month-day, like 2026-03-31, or as 03/31/2026.") from None


def parsed_day(text: str) -> date:
    if found := ISO_DATE.fullmatch(text):
        year, month, number = found.groups()
    elif found := US_DATE.fullmatch(text):
        month, number, year = found.groups()
    else:
        raise ValueError(text)
    if not 1900 <= int(year) <= 2100:
        raise ValueError(text)
    return date(int(year), int(month), int(number))


def one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    """A check for one of a closed list, in any letter case, with spaces or hyphens for underscores."""

    def checked(text: str) -> Choice:
        try:
            return choices(re.sub(r"[\s-]+", "_", text.casefold()))
        except ValueError:
            allowed = ", ".join(choice.value.replace("_", " ") for choice in choices)
            raise Refused(f"Choose one of: {allowed}.") from None

    return checked
