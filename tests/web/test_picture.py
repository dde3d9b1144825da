"""The picture of months: bars begin at zero, and their heads are short but not wrong."""

from datetime import date

import pytest

from dashboard.web import picture


def drawn(*amounts: int) -> list[picture.Bar]:
    told = [
        picture.Amount(date(2026, each + 1, 1), n, str(n), str(n), False) for each, n in enumerate(amounts)
    ]
    return picture.bars(told)


def test_heights_are_in_proportion_from_zero() -> None:
    assert [bar.height for bar in drawn(10, 20, 40)] == [30, 60, 120]


def test_every_bar_stands_on_the_same_floor() -> None:
    assert {bar.y + bar.height for bar in drawn(1, 7, 40)} == {picture.HEADROOM + picture.HEIGHT}


def test_below_zero_and_at_zero_there_is_no_bar() -> None:
    assert [bar.height for bar in drawn(-5, 0, 3)] == [0, 0, 120]


def test_the_smallest_amount_is_seen() -> None:
    assert drawn(1, 1_000_000)[0].height == 1


@pytest.mark.parametrize(
    ("cents", "words"),
    [(0, "$0"), (77_48, "$77"), (30_785_46, "$30,785"), (131_499_99, "$131k"), (-2_50, "-$3")],
)
def test_a_sum_is_written_short(cents: int, words: str) -> None:
    assert picture.short_dollars(cents) == words
