"""Writes docs/payment-plan-implementation-analysis.md, and the tables of docs/payment-plan.md.

`python -m tests.properties.analysis` runs each test that a rule names, on both databases, and notes its end.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from xml.etree import ElementTree

from tests.properties import tables
from tests.properties.rules import PLAN, ROOT, Rule, places, rules

ANALYSIS = ROOT / "docs" / "payment-plan-implementation-analysis.md"
TABLES = re.compile(r"(<!-- tables: .*? -->\n).*?(<!-- end of tables -->)", re.DOTALL)
HEAD = """# How the payment plan is kept

Written by `python -m tests.properties.analysis`, which runs the tests below and notes how they ended; not by
hand. The rules are those of [payment-plan.md](payment-plan.md), by their numbers. A test of both databases
counts once for SQLite and once for PostgreSQL.

| rule | code | test | result |
|---|---|---|---|
"""
Results = Mapping[str, Counter[str]]


def main() -> int:
    """Run the tests and write both documents; 0 if all passed."""
    PLAN.write_text(with_tables(PLAN.read_text()))
    named = rules()
    results = results_of({test for rule in named for test in rule.tests})
    ANALYSIS.write_text(HEAD + "".join(f"{row} {ending(rule, results)} |\n" for rule, row in rows(named)))
    return int(any(set(counted) != {"passed"} for counted in results.values()))


def with_tables(text: str) -> str:
    """The plan with its tables as the tests have them."""
    return TABLES.sub(lambda found: f"{found[1]}\n{tables.markdown()}\n{found[2]}", text)


def rows(named: Iterable[Rule]) -> list[tuple[Rule, str]]:
    """The first three cells of each rule's line."""
    where = places()
    return [
        (rule, f"| {rule.number}. {rule.title} | {code_of(rule)} | {tests_of(rule, where)} |")
        for rule in named
    ]


def code_of(rule: Rule) -> str:
    return "<br>".join(
        f"`dashboard/{module.replace('.', '/')}.py` {name}"
        for module, name in (each.split(":") for each in rule.code)
    )


def tests_of(rule: Rule, where: Mapping[str, str]) -> str:
    return "<br>".join(f"`{where[test]}` {test}" for test in rule.tests)


def ending(rule: Rule, results: Results) -> str:
    return "<br>".join(
        ", ".join(f"{count} {how}" for how, count in sorted(results[test].items())) for test in rule.tests
    )


def results_of(names: set[str]) -> Results:
    """How each of these tests ended, and how often."""
    where = places()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "results.xml"
        asked = [f"{where[name]}::{name}" for name in sorted(names)]
        subprocess.run(
            [sys.executable, "-m", "pytest", "-q", f"--junitxml={told}", *asked], cwd=ROOT, check=False
        )
        cases = ElementTree.parse(told).getroot().iter("testcase")
        found: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for case in cases:
            found[case.attrib["name"].split("[")[0]][_ending(case)] += 1
    return found


def _ending(case: ElementTree.Element) -> str:
    return {"failure": "failed", "error": "failed", "skipped": "skipped"}.get(
        next((c.tag for c in case), ""), "passed"
    )


if __name__ == "__main__":
    sys.exit(main())
