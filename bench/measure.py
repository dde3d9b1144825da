"""What a figure is, and how times become one: warm, interleaved with their floor, by median."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

WARM_UP = 10
Act = Callable[[], object]
Unit = Literal["ms", "s", "/s", "MB", "KB", "statements"]


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit on the figure itself or on its ratio to the floor, from above or from below."""

    limit: float
    on: Literal["value", "ratio"] = "value"
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit

    def words(self, unit: str) -> str:
        side = "at least" if self.at_least else "at most"
        return f"{side} {self.limit:g}{'x' if self.on == 'ratio' else ' ' + unit}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `floor` is in the same unit and from the same run; `against` says what it is."""

    name: str
    ours: float
    unit: Unit
    bar: Bar
    floor: float | None = None
    against: str = ""

    @property
    def ratio(self) -> float | None:
        return self.ours / self.floor if self.floor else None

    @property
    def is_ok(self) -> bool:
        value = self.ratio if self.bar.on == "ratio" else self.ours
        return value is not None and self.bar.is_met(value)


def pairs(ours: Act, floor: Act, *, times: int) -> tuple[list[float], list[float]]:
    """Seconds of both acts, A B A B, so that what else the machine does falls on both alike."""
    for _ in range(WARM_UP):
        ours()
        floor()
    both = [(seconds(ours), seconds(floor)) for _ in range(times)]
    return [pair[0] for pair in both], [pair[1] for pair in both]


def seconds(act: Act) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def median_ms(times: Sequence[float]) -> float:
    return statistics.median(times) * 1000


def p99_ms(times: Sequence[float]) -> float:
    """The time that one in a hundred exceeds, in milliseconds."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))] * 1000
