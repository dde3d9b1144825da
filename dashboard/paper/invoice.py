"""An invoice on paper, from its snapshot alone (spec INV-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from dashboard.money import dollars
from dashboard.paper import press


def invoice_pdf(snapshot: Mapping[str, Any]) -> bytes:
    """The invoice as PDF. `snapshot` has the shape that `dashboard.billing.snapshots` says."""
    return press.printed("invoice", facts_of(snapshot))


def facts_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The snapshot in words: days as people write them, money with its sign."""
    return {
        **{name: snapshot[name] for name in ("number", "firm", "office", "replaces", "terms")},
        "issued_on": day(snapshot["issued_on"]),
        "due_date": day(snapshot["due_date"]),
        "period": _period(snapshot),
        "lines": [_line(line) for line in snapshot["lines"]],
        "total": dollars(snapshot["total_cents"]),
    }


def day(iso: str) -> str:
    """2026-03-01 -> "1 Mar 2026", the order nobody misreads."""
    told = date.fromisoformat(iso)
    return f"{told.day} {told:%b %Y}"


def _period(snapshot: Mapping[str, Any]) -> str | None:
    """A month's first and last day; a charge of its own has none."""
    if snapshot["type"] != "monthly":
        return None
    last = date.fromisoformat(snapshot["period_end"]) - timedelta(days=1)
    return f"{day(snapshot['period_start'])} to {day(last.isoformat())}"


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "wording": line["wording"],
        "month": _month(line["month"]) if line["month"] else None,
        "quantity": f"{line['quantity']:,}",
        "unit": dollars(line["unit_cents"]),
        "total": dollars(line["total_cents"]),
    }


def _month(iso: str) -> str:
    """The month of service: a calendar month by its name, any other by the day it began."""
    begun = date.fromisoformat(iso)
    return f"{begun:%B %Y}" if begun.day == 1 else f"Month from {day(iso)}"
