"""A status is never without a shape of its own: what is unknown to the marks would pass for pending."""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import Path

import pytest

from dashboard import models

MARKS = Path(__file__).parents[2] / "templates" / "components" / "marks.html"
SHAPES = dict(re.findall(r'"(\w+)": "(\w+)"', MARKS.read_text()))


@pytest.mark.parametrize(
    "states",
    [
        models.OfficeStatus,
        models.InvoiceStatus,
        models.PaymentState,
        models.MoneyState,
        models.OrderStatus,
        models.PaymentStatus,
        models.JobState,
        models.MessageState,
        models.ImportState,
        models.RunState,
        models.BulkState,
        models.UserState,
        models.TodoStatus,
    ],
)
def test_every_state_has_a_shape(states: type[StrEnum]) -> None:
    assert [each.value for each in states if each.value not in SHAPES] == []
