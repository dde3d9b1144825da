"""Long work is cut into units that leave the database to others soon again (PAT-01)."""

from __future__ import annotations

import time

from jobs.pace import AIM, Pace


def counts(pace: Pace, seconds: float, times: int) -> list[int]:
    found = []
    for _ in range(times):
        with pace.measured() as count:
            found.append(count)
            time.sleep(seconds)
    return found


def test_quick_units_grow_to_the_most() -> None:
    assert counts(Pace(100, 500), 0, 5) == [100, 200, 400, 500, 500]


def test_a_slow_unit_is_followed_by_a_smaller_one_but_never_by_fewer_than_the_least() -> None:
    pace = Pace(100, 500)
    assert counts(pace, 0, 2) == [100, 200]
    assert counts(pace, AIM * 4, 2) == [400, 100]
    assert pace.count == 100
