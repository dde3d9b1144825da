"""Money is whole cents; people read and write dollars."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import money

AMOUNTS = st.integers(min_value=0, max_value=99_999_999_999)


@given(AMOUNTS)
def test_what_we_write_we_can_read(cents: int) -> None:
    assert money.cents(money.plain(cents)) == cents
    assert money.cents(money.dollars(cents)) == cents


@pytest.mark.parametrize(
    ("cents", "plain", "dollars"),
    [
        (0, "0.00", "$0.00"),
        (5, "0.05", "$0.05"),
        (200, "2.00", "$2.00"),
        (123456, "1234.56", "$1,234.56"),
        (-1050, "-10.50", "-$10.50"),
    ],
)
def test_amounts_are_written_with_two_decimals(cents: int, plain: str, dollars: str) -> None:
    assert (money.plain(cents), money.dollars(cents)) == (plain, dollars)


@pytest.mark.parametrize(
    ("text", "cents"), [("2", 200), (" 2.00 ", 200), ("$2.05", 205), ("1,234.50", 123450)]
)
def test_amounts_are_read_as_people_type_them(text: str, cents: int) -> None:
    assert money.cents(text) == cents


@pytest.mark.parametrize(
    "text",
    [
        "",
        "two",
        "2.5",
        "2.005",
        "-2.00",
        "2,00",
        "1,23.00",
        "2.00 USD",
        "٢.00",
        "1e3",
        "$",
        "2\n.00",
        "9" * 10,
    ],
)
def test_anything_else_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(money.NotAnAmount, match=r"like 2\.00") as refused:
        money.cents(text, field="price")
    assert (refused.value.field, refused.value.status) == ("price", 422)


@pytest.mark.parametrize(
    ("amount", "percent", "share"),
    [(10000, "3.0", 300), (50, "1.0", 1), (49, "1.0", 0), (150, "1", 2), (8000, "0.0", 0), (-50, "1", -1)],
)
def test_half_a_cent_is_rounded_up(amount: int, percent: str, share: int) -> None:
    assert money.percent_of(amount, Decimal(percent)) == share
