"""docs/operations.md lists every setting that is read and none besides, with its default (spec OPS-02)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dashboard.config import VARIABLES

DOCS = Path(__file__).parent.parent / "docs" / "operations.md"
ROW = re.compile(r"^\| ([A-Z][A-Z_, ]+) \| (.+?) \| ", re.MULTILINE)


def listed() -> Iterator[tuple[str, str]]:
    """Each variable with what the column of defaults says in its row."""
    settings = DOCS.read_text().partition("## Settings")[2].partition("\n## ")[0]
    for names, default in ROW.findall(settings):
        yield from ((name, default) for name in names.split(", "))


def test_every_setting_is_listed_once() -> None:
    assert sorted(name for name, _ in listed()) == sorted(VARIABLES)


def test_each_default_is_the_one_of_the_code() -> None:
    told = dict(listed())
    known = {name: one.default for name, one in VARIABLES.items() if one.default is not None}
    assert {
        name: told[name] for name, default in known.items() if default not in told[name].split(", ")
    } == {}


def test_what_must_be_set_is_called_needed() -> None:
    told = dict(listed())
    assert [name for name, one in VARIABLES.items() if one.needed and "needed" not in told[name]] == []
