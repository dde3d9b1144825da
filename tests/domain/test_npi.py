"""An NPI is ten digits with the check digit of Luhn over 80840 + NPI (INT-01)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import npi

NINE = st.text(alphabet="0123456789", min_size=9, max_size=9)


def luhn_sum(digits: str) -> int:
    """The textbook way, written apart from ours: from the right, double every second digit."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total


def test_the_published_example_is_valid() -> None:
    assert npi.checked("1234567893") == "1234567893"


@given(NINE)
def test_the_check_digit_completes_a_luhn_number(nine: str) -> None:
    number = nine + npi.check_digit(nine)
    assert luhn_sum("80840" + number) % 10 == 0
    assert npi.checked(number) == number


@given(NINE, st.integers(0, 9), st.integers(1, 9))
def test_one_mistyped_digit_is_always_found(nine: str, place: int, shift: int) -> None:
    number = nine + npi.check_digit(nine)
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert not npi.is_valid(wrong)


@pytest.mark.parametrize("typed", [" 1234567893 ", "123-456-7893", "1234 567 893", "1234\u00a0567893"])
def test_spaces_and_hyphens_between_digits_do_not_matter(typed: str) -> None:
    assert npi.checked(typed) == "1234567893"


@pytest.mark.parametrize(
    "typed", ["", "123456789", "12345678931", "123456789x", "１２３４５６７８９３", "1234567893;"]
)
def test_other_than_ten_digits_is_refused_by_length(typed: str) -> None:
    with pytest.raises(npi.WrongNpi, match="exactly 10 digits"):
        npi.checked(typed)


def test_a_wrong_check_digit_is_refused_by_name() -> None:
    with pytest.raises(npi.WrongNpi, match="check digit") as refused:
        npi.checked("1234567890", field="roster")
    assert isinstance(refused.value, ValueError)
    assert (refused.value.field, refused.value.code) == ("roster", "WRONG_NPI")
