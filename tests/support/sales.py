"""Orders as people place them, through the rules. Called inside a writing unit."""

from __future__ import annotations

import itertools
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from dashboard import catalog, orders
from dashboard.intake import Intake, SurrogateAccess
from dashboard.models import Job, JobState, Order, OrderSource
from dashboard.unit import reading
from jobs import mail, run  # noqa: F401 - a job is known once its module is imported
from jobs import orders as _orders  # noqa: F401
from tests.conftest import NOW

ZONE = ZoneInfo("America/New_York")
GIVEN = Intake(
    npi="1234567893",
    provider_name="Dr. Sample Provider",
    email="provider@example.test",
    surrogate_access=SurrogateAccess.NO,
)
_keys = itertools.count(1)


def sell(slug: str = "npi-revalidation", *, intake: Intake = GIVEN, **terms: Any) -> Order:
    """An order of one service by a demo practice, unpaid unless told."""
    told: dict[str, Any] = {
        "customer_name": "Demo Family Practice",
        "customer_email": "office@example.test",
        "method": "card",
        "source": OrderSource.STAFF,
        "entry_key": f"form {next(_keys)}",
        "now": NOW,
    }
    return orders.place(catalog.service(slug), intake, **told | terms)


def work(*kinds: str, rounds: int = 10) -> None:
    """Do the waiting jobs of these kinds, and those they ask for, as a worker would, one after another."""
    for _ in range(rounds):
        with reading() as session:
            waiting = select(Job.id).where(Job.state == JobState.READY, Job.kind.in_(kinds)).order_by(Job.id)
            ids = session.scalars(waiting).all()
        if not ids:
            return
        for job_id in ids:
            run.run(job_id)
