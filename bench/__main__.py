"""`python -m bench [PART ...]`: measure, print each figure as it is known, say which are over."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from itertools import chain

from bench import api, audited, background, books, busy, imports, memory, months, pages, report
from bench.installation import NAMES, Database
from bench.measure import Figure

Part = Callable[[argparse.Namespace, Database], Iterator[Figure]]


def each_size(asked: argparse.Namespace, database: Database) -> Iterator[Figure]:
    return chain.from_iterable(pages.figures(database, count, times=asked.times) for count in asked.todos)


PARTS: dict[str, Part] = {
    "pages": each_size,
    "jobs": lambda asked, database: background.rates(database, asked.jobs),
    "delay": lambda asked, database: background.delays(database, asked.orders),
    "audit": lambda asked, database: audited.figures(database, seconds=asked.seconds, rounds=asked.rounds),
    "months": lambda asked, database: months.figures(
        database, offices=asked.offices, patients=asked.patients, acts=asked.acts
    ),
    "imports": lambda asked, database: imports.figures(database, asked.rows),
    "books": lambda asked, database: books.figures(database, min(asked.offices, 1_000), asked.months),
    "api": lambda asked, database: api.figures(database, asked.acts),
    "busy": lambda asked, database: busy.figures(database, min(asked.todos), times=asked.times),
}


def arguments(words: list[str]) -> argparse.Namespace:
    reader = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    choices = [*PARTS, "memory"]
    reader.add_argument("part", nargs="*", help=f"which of: {', '.join(choices)} (all)")
    reader.add_argument("--database", choices=NAMES, action="append", help="one of them (both)")
    reader.add_argument("--todos", type=int, nargs="+", default=[100_000, 1_000_000])
    reader.add_argument("--times", type=int, default=300, help="pages of each kind")
    reader.add_argument("--jobs", type=int, default=2_000)
    reader.add_argument("--orders", type=int, default=30)
    reader.add_argument("--offices", type=int, default=10_000)
    reader.add_argument("--patients", type=int, default=100, help="active ones of each office")
    reader.add_argument("--acts", type=int, default=1_000, help="activations")
    reader.add_argument("--rows", type=int, default=50_000, help="of a file of patients")
    reader.add_argument("--months", type=int, default=36, help="of invoices in the books")
    reader.add_argument("--seconds", type=float, default=3.0, help="of one round of writes")
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--write", action="store_true", help="also into docs/performance.md")
    asked = reader.parse_args(words)
    if unknown := set(asked.part) - set(choices):
        reader.error(f"no such part: {', '.join(sorted(unknown))}")
    return asked


def measured(asked: argparse.Namespace) -> Iterator[Figure]:
    """Every figure that was asked for, one after the other."""
    wanted = asked.part or [*PARTS, "memory"]
    for name, part in PARTS.items():
        for database in asked.database or NAMES:
            if name in wanted:
                yield from part(asked, database)
    if "memory" in wanted:
        yield from memory.figures(pages=asked.times)


def main(words: list[str]) -> int:
    """Gives 1 when a figure is over its bar."""
    asked, found = arguments(words), []
    for figure in measured(asked):
        found.append(figure)
        print(report.line(figure), flush=True)
    if asked.write:
        print(f"Written: {report.write(found)}")
    return 0 if all(figure.is_ok for figure in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
