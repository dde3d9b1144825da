"""Very many offices with active patients, no month turned yet; and a twin of their database."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime

import psycopg
from psycopg import sql
from sqlalchemy import create_engine, insert, literal, select, true

from bench.installation import Installation
from dashboard.extensions import UtcDateTime, db
from dashboard.many import random_reference
from dashboard.models import (
    ActivityInterval,
    Office,
    OfficeStatus,
    Patient,
    Plan,
    PriceVersion,
    StatusChange,
)
from dashboard.models.base import new_reference
from dashboard.unit import writing

ANCHOR, BEGINS = date(2024, 1, 1), datetime(2024, 1, 1, tzinfo=UTC)
EARLY = datetime(2023, 6, 1, tzinfo=UTC)
AT_ONCE = 500


def fill(site: Installation, offices: int, patients: int) -> None:
    """Into an empty database: `offices` in UTC at $2.00, each with so many patients, active since before."""
    with writing() as session:
        plan = Plan(name="Bench", created_at=EARLY)
        session.add(plan)
        session.flush()
        session.add(PriceVersion(plan_id=plan.id, effective=EARLY.date(), cents=200, created_at=EARLY))
        session.execute(insert(Office), [_office(number, plan.id) for number in range(1, offices + 1)])
        since = {"at": BEGINS, "status": OfficeStatus.ACTIVE, "cause": "bench"}
        rows = [since | {"office_id": number} for number in range(1, offices + 1)]
        session.execute(insert(StatusChange), rows)
    for first in range(1, offices + 1, AT_ONCE):
        _add_patients(first, first + AT_ONCE - 1, patients)
    analyze(site)


def _office(number: int, plan_id: int) -> dict[str, object]:
    return {
        "id": number,
        "ref": new_reference(),
        "code": f"B{number}",
        "name": "Demo Family Practice",
        "time_zone": "UTC",
        "plan_id": plan_id,
        "billing_cycle_anchor_date": ANCHOR,
        "subscription_status": OfficeStatus.ACTIVE,
        "subscription_started_at": BEGINS,
        "next_boundary": BEGINS,
        "created_at": EARLY,
        "version": 1,
    }


def _add_patients(first: int, last: int, each: int) -> None:
    numbers = select(literal(1).label("n")).cte(recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < each))
    early = literal(EARLY, UtcDateTime())
    with writing() as session:
        invented = select(random_reference(), Office.id, true(), early, early)
        invented = invented.join(numbers, true()).where(Office.id.between(first, last))
        columns = ["ref", "office_id", "is_active_for_billing", "activated_at", "created_at"]
        session.execute(insert(Patient).from_select(columns, invented))
        theirs = select(Patient.id, Patient.office_id, early).where(Patient.office_id.between(first, last))
        told = insert(ActivityInterval).from_select(["patient_id", "office_id", "started"], theirs)
        session.execute(told)


def analyze(site: Installation) -> None:
    """Let the database know what it holds."""
    db.engine.dispose()
    settings = site.settings
    engine = create_engine(settings.database_owner_url or settings.database_url)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if settings.is_sqlite else "VACUUM ANALYZE")
    engine.dispose()


def twin(site: Installation) -> str:
    """A copy of the whole database; gives what the bare driver takes."""
    db.engine.dispose()
    if site.database == "sqlite":
        return str(shutil.copy(site.driver_url, site.folder / "twin.db"))
    address = psycopg.conninfo.conninfo_to_dict(site.driver_url)
    admin = psycopg.conninfo.make_conninfo(**address | {"user": "postgres", "dbname": "postgres"})
    with psycopg.connect(admin, autocommit=True) as connection:
        names = map(sql.Identifier, ("twin", str(address["dbname"])))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))
    return psycopg.conninfo.make_conninfo(**address | {"dbname": "twin"})
