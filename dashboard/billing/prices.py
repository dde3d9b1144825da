"""What an active patient costs (spec BIL-06)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import select

from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import PriceVersion

Prices = Mapping[int, Sequence[tuple[date, int]]]


class NoPrice(DomainError):
    """A plan has no price on some day."""

    code = "NO_PRICE"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"The plan has no price on {day.isoformat()}. Add a price version that starts by then."
        )


def of_plans(plan_ids: Iterable[int]) -> Prices:
    """Each plan's price versions, oldest first: the local day each begins, and its cents."""
    versions = select(PriceVersion.plan_id, PriceVersion.effective, PriceVersion.cents)
    versions = versions.where(PriceVersion.plan_id.in_(set(plan_ids))).order_by(PriceVersion.effective)
    found: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for plan_id, effective, cents in db.session.execute(versions):
        found[plan_id].append((effective, cents))
    return found


def in_force(prices: Prices, plan_id: int, day: date) -> int:
    """The plan's price in cents on a local day.

    Raises:
        NoPrice: none had begun by then.
    """
    begun = [cents for effective, cents in prices.get(plan_id, ()) if effective <= day]
    if not begun:
        raise NoPrice(day)
    return begun[-1]
