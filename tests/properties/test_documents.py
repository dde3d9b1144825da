"""What docs/payment-plan.md and its analysis say is there: rules, tests, code, tables."""

from __future__ import annotations

import json
import re

from click.testing import CliRunner

from dashboard.cli.billing import billing
from tests.properties import analysis
from tests.properties.rules import CODE, PLAN, exists, places, rules


def test_the_plan_opens_with_its_two_rules() -> None:
    opening = PLAN.read_text().split("## ")[0]
    assert [line[:3] for line in opening.splitlines() if line[:1].isdigit()] == ["1. ", "2. "]
    assert "adds the fixed amount to this month's invoice" in opening
    assert "All patients who were active at the end of the former month are in the new one" in opening


def test_each_rule_of_the_plan_names_a_test_that_there_is() -> None:
    known, named = places(), rules()
    headings = re.findall(r"^### (\d+)\.", PLAN.read_text(), re.MULTILINE)
    assert (
        [str(rule.number) for rule in named] == headings == [str(number + 1) for number in range(len(named))]
    )
    assert {rule.number: [test for test in rule.tests if test not in known] or "none" for rule in named} == {
        rule.number: "none" for rule in named
    }
    assert all(rule.tests for rule in named)


def test_each_rule_of_the_plan_has_code_that_there_is() -> None:
    assert set(CODE) == {rule.number for rule in rules()}
    assert [code for codes in CODE.values() for code in codes if not exists(code)] == []


def test_the_tables_of_the_plan_are_those_that_are_tested() -> None:
    assert analysis.with_tables(PLAN.read_text()) == PLAN.read_text()


def test_the_analysis_has_the_rules_and_names_as_they_are() -> None:
    written = analysis.ANALYSIS.read_text()
    assert written.startswith(analysis.HEAD)
    for _, row in analysis.rows(rules()):
        assert f"\n{row} " in written, "run `python -m tests.properties.analysis`"


def test_the_question_in_the_plan_can_be_asked() -> None:
    [question] = re.findall(r"```json\n(.*?)```", PLAN.read_text(), re.DOTALL)
    result = CliRunner().invoke(billing, ["simulate", "-"], input=question, catch_exceptions=False)
    assert [month["total_cents"] for month in json.loads(result.output)] == [200, 250, 250]
