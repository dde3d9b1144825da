"""Revenue by day: rounded as it adds up, given back from what is not earned yet (REV-01)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dashboard.billing.recognition import NEVER, Part, Reversal, on_day, recognized

MARCH_1, APRIL_1 = date(2026, 3, 1), date(2026, 4, 1)
LONG_AFTER = date(2040, 1, 1)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def parts(draw: st.DrawFn) -> Part:
    start = draw(days)
    return Part(draw(st.integers(-5_000, 90_000)), start, start + timedelta(draw(st.integers(1, 400))))


@st.composite
def reversals(draw: st.DrawFn, of: list[Part]) -> list[Reversal]:
    """Given back on some days, together never more than the positive parts."""
    most, found = sum(max(part.cents, 0) for part in of), []
    for _ in range(draw(st.integers(0, 3))):
        cents = draw(st.integers(0, most))
        found.append(Reversal(draw(days), cents))
        most -= cents
    return found


@st.composite
def documents(draw: st.DrawFn) -> tuple[list[Part], list[Reversal]]:
    made = draw(st.lists(parts(), min_size=1, max_size=4))
    return made, draw(reversals(made))


def test_a_month_is_earned_day_by_day() -> None:
    part = Part(3_10, MARCH_1, APRIL_1)
    assert [part.earned(MARCH_1 + timedelta(each)) for each in (-1, 0, 1, 30, 31, 99)] == [
        0,
        0,
        10,
        300,
        310,
        310,
    ]


def test_half_a_cent_is_earned_early_and_never_twice() -> None:
    part = Part(1, MARCH_1, date(2026, 3, 3))
    assert [part.earned(MARCH_1 + timedelta(each)) for each in (0, 1, 2)] == [0, 1, 1]


def test_what_has_no_end_yet_is_never_earned() -> None:
    assert on_day(5_00, NEVER).earned(date(2099, 1, 1)) == 0
    assert on_day(5_00, MARCH_1).earned(date(2026, 3, 2)) == 5_00


@given(documents())
def test_in_the_end_everything_but_what_was_given_back_is_earned(
    document: tuple[list[Part], list[Reversal]],
) -> None:
    made, back = document
    total = sum(part.cents for part in made) - sum(each.cents for each in back)
    assert recognized(made, back, LONG_AFTER) == total


@given(parts(), days)
def test_a_part_is_never_more_than_half_a_cent_from_its_share_of_days(part: Part, day: date) -> None:
    passed = min(max((day - part.start).days, 0), (part.end - part.start).days)
    share = Fraction(part.cents * passed, (part.end - part.start).days)
    assert abs(part.earned(day) - share) <= Fraction(1, 2)


@given(parts(), days)
def test_what_is_left_goes_on_where_the_days_before_stopped(part: Part, day: date) -> None:
    rest = part.rest(day)
    assert part.earned(day) + rest.cents == part.cents
    assert rest.earned(LONG_AFTER) == rest.cents
    assert rest.earned(day) == 0


@given(parts(), days, st.data())
def test_a_refund_takes_what_is_not_earned_first(part: Part, day: date, data: st.DataObject) -> None:
    cents = data.draw(st.integers(0, max(part.cents, 0)))
    before, after = part.earned(day), recognized([part], [Reversal(day, cents)], day + timedelta(1))
    deferred = part.cents - before
    if part.cents > 0 and cents <= deferred:
        assert after >= before
    elif part.cents > 0:
        assert after == before - (cents - deferred)


def test_a_refund_of_two_parts_takes_all_that_is_deferred_before_anything_earned() -> None:
    two = [Part(1_00, MARCH_1, APRIL_1), Part(1_00, MARCH_1, APRIL_1)]
    half = date(2026, 3, 16)
    earned = recognized(two, [], half)
    assert recognized(two, [Reversal(half, 2_00 - earned)], LONG_AFTER) == earned
    assert recognized(two, [Reversal(half, 2_00 - earned)], half + timedelta(1)) == earned


def test_a_refund_after_the_end_takes_what_was_earned() -> None:
    part = Part(1_00, MARCH_1, APRIL_1)
    assert recognized([part], [Reversal(date(2026, 5, 5), 40)], date(2026, 5, 5)) == 1_00
    assert recognized([part], [Reversal(date(2026, 5, 5), 40)], date(2026, 5, 6)) == 60
