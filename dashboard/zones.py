"""Time zones by their IANA names: which there are, which to offer first, and which a wrong one may mean."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

US = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Pacific/Guam",
)
SAID = ("eastern edt", "central cst cdt", "mountain mdt", "arizona", "pacific pst pdt", "alaska", "hawaii")
SPOKEN = {word: name for name, words in zip(US, SAID, strict=False) for word in words.split()}
FILLING = {"us", "usa", "time", "standard", "daylight"}
LANDS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
NO_PLACES = {"localtime", "Factory"}
CLOSE, MOST = 0.8, 3


@cache
def known() -> frozenset[str]:
    """Every name that is taken, old ones such as `US/Eastern` too."""
    return frozenset(available_timezones()) - NO_PLACES


@cache
def offered() -> tuple[str, ...]:
    """The names to choose from: those of the United States, then places by land and name."""
    places = {name for name in known() if name.partition("/")[0] in LANDS}
    return (*US, *sorted(places - set(US)))


def near(typed: str) -> list[str]:
    """At most three names that somebody may have meant, the likeliest first."""
    words = [word for word in typed.casefold().split() if word not in FILLING]
    if spoken := [SPOKEN[word] for word in words if word in SPOKEN]:
        return spoken[:MOST]
    alike = get_close_matches("_".join(words), _spellings(), MOST, CLOSE)
    return list(dict.fromkeys(_spellings()[each] for each in alike))


def refusal(typed: str) -> str:
    """What to say of a name that is none."""
    if meant := near(typed):
        return f"There is no such time zone. Did you mean {' or '.join(meant)}?"
    return f"Write an IANA time zone, such as {US[0]}."


@cache
def _spellings() -> dict[str, str]:
    """Each offered name by how it may be typed, in small letters: whole, or its place alone."""
    return dict(_spelled())


def _spelled() -> Iterator[tuple[str, str]]:
    for name in reversed(offered()):
        yield name.casefold(), name
        yield name.rpartition("/")[2].casefold(), name
