"""The table of figures, for the terminal and for docs/performance.md."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Figure

FILE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEAD = ("figure", "ours", "floor", "ratio", "bar", "")
PREFACE = """# Performance

Written by `python -m bench --write`; `make bench` prints the same. Trust the ratios: each figure stands
beside a floor or a peer of the same run, and seconds move with the machine: the same machine has been half as
fast an hour later, floors included. Both databases were as careful of power cuts as in production.

* **the same page by bare SQL + Jinja** is our page by our template, over the same four statements sent by the
  driver alone: no ORM, no sign-in, no rights, no forms, one transaction a statement.
* **nothing but the rows** is a Flask view with one SELECT by the driver and a plain table: no navigation, no
  counts, no names of people, a third of the bytes.
  All come from a gunicorn with our settings, in turns, over one connection that stays open. The list is
  asked again and again, so its rows are kept (`web/components.py`); each deep page and search is new.
* **statements** leave out BEGIN, SET and PRAGMA. **KB** are thousands of bytes of HTML, gzip at level 6.
* **resident** is RSS, so shared pages count in every process.
"""


def cells(figure: Figure) -> tuple[str, ...]:
    floor = f"{_number(figure.floor)} {figure.unit} ({figure.against})" if figure.floor is not None else ""
    ratio = f"{figure.ratio:.2f}x" if figure.ratio is not None else ""
    ours = f"{_number(figure.ours)} {figure.unit}"
    return figure.name, ours, floor, ratio, figure.bar.words(figure.unit), "ok" if figure.is_ok else "over"


def line(figure: Figure) -> str:
    """One line for the terminal, as soon as the figure is known."""
    name, ours, floor, ratio, bar, verdict = cells(figure)
    return f"{verdict:5}{name:58} {ours:>14} {ratio:>8}  {bar}{'; floor ' + floor if floor else ''}"


def write(figures: Sequence[Figure]) -> Path:
    """Put the table into the docs."""
    today = datetime.now(UTC)
    machine = (
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {today:%d %b %Y}"
    )
    rows = [HEAD, ("---",) * len(HEAD), *map(cells, figures)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    FILE.write_text(f"{PREFACE}\n{machine}.\n\n{table}\n")
    return FILE


def _number(value: float | None) -> str:
    value = value or 0.0
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"
