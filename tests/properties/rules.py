"""The rules of docs/payment-plan.md: number, title, the tests they name, and the code that keeps them."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "docs" / "payment-plan.md"
RULE = re.compile(r"^### (\d+)\. (.+?)\n(.*?)Tests: (.*?)\.\n$", re.MULTILINE | re.DOTALL)

CODE = {
    1: ["billing.patients:create"],
    2: ["billing.ledger:next_turns", "models.cycle:Charge"],
    3: ["billing.carrying:carry", "billing.activity:Interval.is_active_before"],
    4: ["billing.activity:Interval.is_active_before", "billing.ledger:Story.due_at"],
    5: ["billing.activations:deactivate", "billing.activity:intervals"],
    6: ["billing.carrying:carry", "billing.subscriptions:start"],
    7: ["billing.activations:InTheFuture"],
    8: ["billing.patients:move", "billing.activations:activate"],
    9: ["cycles:boundary", "cycles:boundary_after"],
    10: ["cycles:first_instant"],
    11: ["billing.subscriptions:change_anchor", "billing.anchors:normalized", "billing.ledger:Story.due_at"],
    12: ["billing.subscriptions:change_zone", "billing.months:next_cycle"],
    13: ["billing.prices:in_force", "billing.months:next_cycle"],
    14: ["billing.ledger:Story.cents", "billing.months:is_trial_over"],
    15: ["billing.statuses:status_at", "billing.ledger:Story.due_at"],
    16: ["billing.subscriptions:start"],
    17: ["billing.subscriptions:cancel"],
    18: ["billing.activations:activate", "billing.drafts:lines"],
    19: ["billing.activations:touched", "billing.drafts:lines_of"],
    20: ["billing.months:up_to_date", "billing.monthly_run:claim"],
    21: ["billing.drafts:begin", "billing.drafts:close", "billing.drafts:give_back"],
    22: ["billing.review:approve", "billing.invoices:issue"],
    23: ["billing.numbers:next_number"],
    24: ["billing.credits:void"],
    25: ["outbound:OutboundLine", "billing.invoices:to_send"],
    26: ["billing.one_offs:charge"],
    27: ["billing.payments:record"],
    28: ["billing.standing:owes_late", "billing.dunning:take"],
    29: [
        "billing.refunds:refund",
        "billing.refunds:kept",
        "billing.disputes:tell",
        "billing.payments:returned",
    ],
}


@dataclass(frozen=True)
class Rule:
    """One rule as the plan has it."""

    number: int
    title: str
    tests: list[str]

    @property
    def code(self) -> list[str]:
        return CODE[self.number]


def rules() -> list[Rule]:
    """All rules of the plan, in its order."""
    found = RULE.findall(PLAN.read_text() + "\n")
    return [Rule(int(number), title, re.findall(r"`(\w+)`", tests)) for number, title, _, tests in found]


def places() -> dict[str, str]:
    """Where each test of the suite stands, by its name."""
    return {name: path for path, name in _tests()}


def _tests() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE):
            yield str(path.relative_to(ROOT)), name


def exists(code: str) -> bool:
    """Whether there is such a name, written `module:name` below `dashboard`."""
    module, names = code.split(":")
    found = importlib.import_module(f"dashboard.{module}")
    for name in names.split("."):
        found = getattr(found, name, None)
    return found is not None
