"""The ledger equals a slow, obvious model after every step of random histories, on both databases.

A plain run takes the same histories each time. `PROOF_EXAMPLES=2000 pytest tests/properties` takes that many
new ones; with `PROOF_SHRINK=1` it looks for the shortest history that fails.
"""

from __future__ import annotations

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.properties.machine import Billing

EXAMPLES = int(os.environ.get("PROOF_EXAMPLES", "12"))
HOW = settings(
    max_examples=EXAMPLES,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize="PROOF_EXAMPLES" not in os.environ,
    phases=tuple(Phase) if "PROOF_SHRINK" in os.environ else [Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.both
def test_the_ledger_equals_the_slow_model_whatever_happens(app: Flask) -> None:
    class Here(Billing):
        pass

    Here.app = app
    run_state_machine_as_test(Here, settings=HOW)
