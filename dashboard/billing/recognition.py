"""How an amount becomes revenue: by day over its service period, rounded as it adds up (spec REV-01).

What is earned by a day is always the rounded share of all days so far, so the days of a period, however they
are cut into months, add up to the amount to the cent. What is given back comes first from what is not earned
yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

NEVER = date.max


@dataclass(frozen=True, slots=True)
class Part:
    """Cents that are earned over [start, end), in equal shares a day. A credit's are negative."""

    cents: int
    start: date
    end: date

    def earned(self, by: date) -> int:
        """What is earned before the day `by`, half a cent rounded up."""
        if self.start == NEVER:
            return 0
        days = (self.end - self.start).days
        passed = min(max((by - self.start).days, 0), days)
        return (2 * self.cents * passed + days) // (2 * days)

    def rest(self, by: date) -> Part:
        """What is left to earn from the day `by` on."""
        left = self.cents - self.earned(by)
        return replace(self, cents=left, start=max(self.start, min(by, self.end - timedelta(days=1))))


@dataclass(frozen=True, slots=True)
class Reversal:
    """Cents given back on a day: a refund or a credit note."""

    on: date
    cents: int


def on_day(cents: int, day: date) -> Part:
    """Cents that are earned at once, on a day."""
    return Part(cents, day, NEVER if day == NEVER else day + timedelta(days=1))


def recognized(parts: Sequence[Part], reversals: Iterable[Reversal], by: date) -> int:
    """What of these parts is revenue before the day `by`, in cents."""
    done, left = 0, list(parts)
    for reversal in sorted(reversals, key=lambda each: each.on):
        if reversal.on >= by:
            break
        done += sum(part.earned(reversal.on) for part in left)
        left, taken = _reduced([part.rest(reversal.on) for part in left], reversal.cents)
        done -= reversal.cents - taken
    return done + sum(part.earned(by) for part in left)


def _reduced(parts: Sequence[Part], cents: int) -> tuple[list[Part], int]:
    """The parts with so much less to earn, and how much of `cents` they had."""
    left, missing = [], cents
    for part in parts:
        taken = min(max(part.cents, 0), missing)
        left.append(replace(part, cents=part.cents - taken))
        missing -= taken
    return left, cents - missing
