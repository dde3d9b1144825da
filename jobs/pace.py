"""How much of long work goes into one unit: as much as leaves the database to others soon again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

AIM, REST, FASTER = 0.35, 0.1, 2.0


class Pace:
    """From `least` to `most`, by how long the last unit lasted: `AIM` seconds are aimed at.

    A `REST` follows each, in which whoever waits to write has its turn: on SQLite one looks each tenth of a
    second whether the database is free, and would find it taken again.

    Never fewer than `least`: where a busy machine is slow at everything, smaller units would only be more.
    """

    def __init__(self, least: int, most: int) -> None:
        self.count, self._least, self._most = least, least, most

    @contextmanager
    def measured(self) -> Iterator[int]:
        """How many to take; how long the block lasts says how many come next, at most twice as many."""
        began = time.perf_counter()
        yield self.count
        self._lasted(time.perf_counter() - began)
        time.sleep(REST)

    def _lasted(self, seconds: float) -> None:
        fitting = int(self.count * min(FASTER, AIM / max(seconds, 0.001)))
        self.count = min(max(fitting, self._least), self._most)
