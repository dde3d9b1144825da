"""Billing's numbers on Today, each the length of the tab or the list that it links to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from dashboard.billing import invoice_lists
from dashboard.rights import Permission
from dashboard.web.access import me
from dashboard.web.staff.invoices import INVOICES
from dashboard.web.staff.lists import href
from dashboard.web.staff.shapes import Number

TABS = {
    "review": ("Invoices to review", "warn"),
    "failed": ("Failed payments", "bad"),
    "overdue": ("Overdue invoices", "bad"),
}


def counts(today: date) -> dict[str, Any]:
    """How many invoices each tab holds, to 1,001, as queries by name; `today` is the firm's day."""
    return {f"invoices_{name}": invoice_lists.length(invoice_lists.tab(name, today)) for name in TABS}


def numbers(counted: Mapping[str, int]) -> list[Number]:
    """What was counted, for whoever may follow it."""
    if not me().may(Permission.SEE_INVOICES):
        return []
    found = ((name, *words, counted[f"invoices_{name}"]) for name, words in TABS.items())
    return [
        Number(label, count, href(INVOICES, {"tab": name}), tone if count else "")
        for name, label, tone, count in found
    ]
