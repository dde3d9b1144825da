"""An office's cycles, ledger and invoices as they are, against what the model says they should be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from dashboard.unit import reading
from tests.properties import model
from tests.properties.model import Cycle, History
from tests.properties.reality import RealOffice


def compare(history: History, office: RealOffice, names: Mapping[int, str], turned: datetime) -> None:
    """Patient by patient, cycle by cycle, line by line; `turned` is when the office was last up to date."""
    with reading():
        cycles, ledger = office.cycles(), office.ledger(names)
        invoices, live = office.invoices(), office.live()
    started = history.statuses[0][0]
    expected = [each for each in history.cycles(turned) if each.ends > started]
    assert cycles == [(each.start, each.begins, each.ends, history.price(each)) for each in expected]
    assert ledger == model.ledger(history, turned)
    said = model.invoices(history, turned)
    assert invoices == {each.start: said[each.start] for each in expected}
    sums_tie(expected, ledger, invoices, live)


def sums_tie(
    cycles: list[Cycle],
    ledger: Mapping[tuple[date, str], int],
    invoices: Mapping[date, model.Lines],
    live: Mapping[date, tuple[str, int]],
) -> None:
    """A closed cycle has an invoice if there is something to pay; all invoices together are the ledger."""
    closed = {each.start: model.total(invoices[each.start]) for each in cycles[:-1]}
    owing = {day: ("closed", cents) for day, cents in closed.items() if cents > 0}
    assert {day: shown for day, shown in live.items() if day in closed} == owing
    still_open = sum(model.total(invoices[each.start]) for each in cycles[-1:])
    assert sum(ledger.values()) == sum(cents for _, cents in owing.values()) + still_open
