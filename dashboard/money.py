"""Whole cents and how people write them. US dollars only."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from dashboard.errors import Invalid

AMOUNT = re.compile(r"\$?([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2})(?:\.([0-9]{2}))?")


class NotAnAmount(Invalid):
    """The text is no amount of dollars and cents."""

    code = "NOT_AN_AMOUNT"

    def __init__(self, field: str = "amount") -> None:
        super().__init__(
            field,
            "Write the amount in dollars with no cents or exactly two digits of cents, like 2.00 or 1,250.00;"
            " it is not negative and below one billion.",
        )


def plain(cents: int) -> str:
    """200 -> "2.00", the way JSON and input fields carry money."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def dollars(cents: int) -> str:
    """200 -> "$2.00", 123456 -> "$1,234.56", the way people read money."""
    sign = "-" if cents < 0 else ""
    return f"{sign}${abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def cents(text: str, *, field: str = "amount") -> int:
    """Whole cents of "2", "2.00", "$2.00" or "$1,234.56".

    Raises:
        NotAnAmount: anything else, a sign or a third decimal included; it names `field`.
    """
    found = AMOUNT.fullmatch(text.strip())
    if found is None:
        raise NotAnAmount(field)
    return int(found[1].replace(",", "")) * 100 + int(found[2] or 0)


def percent_of(amount: int, percent: Decimal) -> int:
    """`percent` of an amount of cents, in whole cents, half a cent rounded away from zero."""
    return int((amount * percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
