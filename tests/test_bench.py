"""Every part of `make bench` runs, on a small size; whether it is quick enough is for the bench to say."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench import audited, background, busy, imports, memory, months, pages, report
from bench.__main__ import main
from bench.measure import Bar, Figure, p99_ms

SMALL = 500


def read(figures: Iterator[Figure]) -> list[Figure]:
    found = list(figures)
    assert found
    assert all(figure.ours > 0 for figure in found)
    assert any(figure.floor for figure in found)
    return found


@pytest.mark.both
def test_pages_stand_beside_a_bare_page_of_the_same_rows(database) -> None:
    found = read(pages.figures(database, SMALL, times=3))
    assert sum("depth" in figure.name for figure in found) == 5
    assert max(figure.ours for figure in found if figure.unit == "statements") <= 5


def test_jobs_are_counted_from_the_first_end_to_the_last() -> None:
    assert len(read(background.rates("sqlite", 20))) == 1


def test_an_order_is_timed_to_its_todo() -> None:
    assert read(background.delays("sqlite", 3))[0].is_ok


def test_writers_write_with_audit_and_without() -> None:
    assert len(read(audited.figures("sqlite", seconds=0.3, rounds=1, writers=2))) == 1


def test_pages_are_timed_while_jobs_run() -> None:
    assert len(read(busy.figures("sqlite", SMALL, times=10))) == 1


@pytest.mark.both
def test_a_file_of_patients_is_timed_beside_the_same_rows_by_the_driver(database) -> None:
    found = read(imports.figures(database, 20))
    assert [figure.unit for figure in found] == ["s", "ms"] * 2


@pytest.mark.both
def test_monthly_runs_stand_beside_sql_that_writes_the_same_rows(database) -> None:
    found = read(months.figures(database, offices=7, patients=2, acts=3, most=3))
    assert [figure.floor is not None for figure in found] == [True, True, False, True, False]


@pytest.mark.faults
def test_memory_is_read_from_the_whole_tree() -> None:
    web, whole = read(memory.figures(pages=3))
    assert web.ours < whole.ours


def test_a_figure_over_its_bar_says_so() -> None:
    slow = Figure("page", 3.0, "ms", Bar(2, on="ratio"), 1.0, "bare page")
    assert report.line(slow).startswith("over")
    assert not slow.is_ok


def test_a_rate_is_held_from_below() -> None:
    few = Figure("jobs", 99.0, "/s", Bar(100, at_least=True))
    assert not few.is_ok


def test_p99_is_the_time_that_one_in_a_hundred_exceeds() -> None:
    assert p99_ms([0.001] * 99 + [0.5]) == 500


def test_a_part_that_is_none_is_refused(capsys) -> None:
    with pytest.raises(SystemExit):
        main(["colour"])
    assert "no such part: colour" in capsys.readouterr().err
