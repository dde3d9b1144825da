"""A picture of months side by side: where each bar stands, how high it is, and what is written at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

STEP, WIDTH, HEIGHT, HEADROOM = 48, 32, 120, 20
SHORTENED = 100_000_00  # cents; from here on a sum is written in thousands


@dataclass(frozen=True, slots=True)
class Amount:
    """What a month comes to: a count, or cents. The short `words` stand above its bar, `exact` over it."""

    month: date
    amount: int
    words: str
    exact: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One month in the picture, in its units from the left and the top. `middle` is where its words stand."""

    told: Amount
    x: int
    y: int
    middle: int
    height: int


def bars(months: Sequence[Amount]) -> list[Bar]:
    """From left to right, from zero up, the highest as high as the picture; below zero there is no bar."""
    highest = max([each.amount for each in months] + [1])
    return [_bar(each, place * STEP, highest) for place, each in enumerate(months)]


def _bar(told: Amount, left: int, highest: int) -> Bar:
    height = -(-max(0, told.amount) * HEIGHT // highest)
    return Bar(told, left + (STEP - WIDTH) // 2, HEADROOM + HEIGHT - height, left + STEP // 2, height)


def short_dollars(cents: int) -> str:
    """For a bar's head: whole dollars, "$30,785"; from a hundred thousand on in thousands, "$131k"."""
    sign, whole = "-" if cents < 0 else "", abs(cents)
    if whole >= SHORTENED:
        return f"{sign}${(whole + 50_000) // 100_000:,}k"
    return f"{sign}${(whole + 50) // 100:,}"
