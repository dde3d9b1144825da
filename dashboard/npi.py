"""The National Provider Identifier: ten digits, the last of them a check digit."""

from __future__ import annotations

import re

from dashboard.errors import Invalid

PREFIX = "80840"
TEN_DIGITS = re.compile(r"[0-9]{10}")
SEPARATORS = re.compile(r"[\s\-]+")


class WrongNpi(Invalid, ValueError):
    """The text is no NPI: not ten digits, or its check digit does not fit."""

    code = "WRONG_NPI"

    def __init__(self, message: str, *, field: str = "npi") -> None:
        super().__init__(field, message)


def normalized(text: str) -> str:
    """The text without the spaces and hyphens people type between digits."""
    return SEPARATORS.sub("", text)


def check_digit(first_nine: str) -> str:
    """The tenth digit that belongs to nine: Luhn over 80840 + NPI (INT-01)."""
    doubled = sum(sum(divmod(2 * int(digit), 10)) for digit in (PREFIX + first_nine)[::-2])
    single = sum(int(digit) for digit in (PREFIX + first_nine)[-2::-2])
    return str(-(doubled + single) % 10)


def is_valid(npi: str) -> bool:
    """Whether ten bare digits carry the right check digit."""
    return TEN_DIGITS.fullmatch(npi) is not None and check_digit(npi[:9]) == npi[9]


def checked(text: str, *, field: str = "npi") -> str:
    """The ten digits of an NPI that somebody typed.

    Raises:
        WrongNpi: it says whether the length or the check digit is wrong; it names `field`.
    """
    npi = normalized(text)
    if TEN_DIGITS.fullmatch(npi) is None:
        raise WrongNpi(
            "An NPI has exactly 10 digits. Look it up on the NPPES record and type it again.", field=field
        )
    if not is_valid(npi):
        raise WrongNpi(
            "The check digit of this NPI does not fit: one digit is mistyped or two are swapped.", field=field
        )
    return npi
