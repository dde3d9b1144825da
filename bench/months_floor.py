"""What the monthly run is held against: set-based SQL by the driver, the same rows in the same chunks.

It knows no zones, plans, prices, trials or statuses: every office has the same month and the same price.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg

Values = dict[str, Any]
Run = Callable[[str, Values], list[Any]]
RANDOM = {
    "sqlite": "lower(hex(randomblob(16)))",
    "postgresql": "md5(concat(gen_random_uuid(), gen_random_uuid()))",
}
SKIP = {"sqlite": "", "postgresql": " FOR UPDATE SKIP LOCKED"}
CLAIM = (
    "SELECT id FROM offices WHERE next_boundary <= :as_of AND parked_at IS NULL"
    " ORDER BY next_boundary, id LIMIT :most"
)
EVENT = (
    "INSERT INTO audit_events (at, actor, action, object_type, object_ref, outcome, request_id, changes)"
    " SELECT :now, 'bench', :action, 'offices', ref, 'ok', 'bench', '{}' FROM offices"
    " WHERE id BETWEEN :first AND :last"
)
LINES = (
    "INSERT INTO invoice_line_items (ref, invoice_id, item_type, wording, service_month, quantity,"
    " unit_cents, total_cents, created_at)"
    " SELECT {random}, i.id, 'patient_activation', 'Patient Activations', c.start, count(*), c.cents,"
    " count(*) * c.cents, :now FROM billing_cycles c JOIN invoices i ON i.cycle_id = c.id"
    " JOIN charges g ON g.cycle_id = c.id WHERE c.office_id BETWEEN :first AND :last AND c.closed_at IS NULL"
    " GROUP BY i.id, c.start, c.cents"
)
CLOSE_INVOICES = (
    "UPDATE invoices SET document_state = 'closed', updated_at = :now, version = version + 1, total_cents ="
    " (SELECT sum(l.total_cents) FROM invoice_line_items l WHERE l.invoice_id = invoices.id)"
    " WHERE office_id BETWEEN :first AND :last AND document_state = 'draft'"
)
CLOSE_CYCLES = (
    "UPDATE billing_cycles SET closed_at = :now"
    " WHERE office_id BETWEEN :first AND :last AND closed_at IS NULL"
)
OPEN_CYCLES = (
    'INSERT INTO billing_cycles (office_id, number, start, "end", start_utc, end_utc, cents, carries)'
    " SELECT id, :number, :start, :end, :start_utc, :end_utc, 200, true FROM offices"
    " WHERE id BETWEEN :first AND :last"
)
CHARGE = (
    "INSERT INTO charges (office_id, cycle_id, patient_id, turn, cents, settled_in, due_at, told_at,"
    " anonymous_patient_ref) SELECT a.office_id, c.id, a.patient_id, 0, 200, c.id, :start_utc, :now, {random}"
    " FROM {cycles} c JOIN activity_intervals a ON a.office_id = c.office_id"
    " AND a.started < :start_utc AND (a.ended IS NULL OR a.ended >= :start_utc)"
)
DRAFT = (
    "INSERT INTO invoices (ref, office_id, invoice_type, cycle_id, billing_period_start, billing_period_end,"
    " currency, document_state, payment_state, total_cents, amount_paid_cents, amount_refunded_cents,"
    " amount_credited_cents, entry_key, created_at, updated_at, version)"
    " SELECT {random}, office_id, 'monthly', id, :start, :end, 'usd', 'draft', 'unpaid', 0, 0, 0, 0,"
    " {key}, :now, :now, 1 FROM {cycles}"
)
OPENED = "(SELECT * FROM billing_cycles WHERE office_id BETWEEN :first AND :last AND number = :number)"
MOVE = "UPDATE offices SET next_boundary = :end_utc WHERE id BETWEEN :first AND :last"
COUNT = "UPDATE monthly_runs SET cycles_turned = cycles_turned + :most"


class Floor:
    """One connection; `step` takes one chunk through one month. Offices' ids have no gaps."""

    def __init__(self, database: str, address: str) -> None:
        self.database = database
        self._connection = _connected(database, address)
        self._execute = _executing(database, self._connection)

    def close(self) -> None:
        self._connection.close()

    def step(self, most: int, month: Values, now: datetime) -> int:
        """Turn up to `most` offices in one transaction; says how many. `month` holds the cycle's values."""
        self._run("BEGIN IMMEDIATE" if self.database == "sqlite" else "BEGIN", {})
        values = month | {"as_of": month["start_utc"], "most": most, "now": now}
        ids = [row[0] for row in self._run(CLAIM + SKIP[self.database], values)]
        if ids:
            self._turn(values | {"first": min(ids), "last": max(ids)})
        self._run("COMMIT", {})
        return len(ids)

    def _turn(self, values: Values) -> None:
        if values["number"]:
            for statement in (LINES, CLOSE_INVOICES, CLOSE_CYCLES):
                self._run(statement, values)
        self._run(EVENT, values | {"action": "cycle closed" if values["number"] else "cycle opened"})
        self._run(MOVE, values)
        for statement in self._opening():
            self._run(statement, values)
        self._run(COUNT, values)

    def _opening(self) -> list[str]:
        """PostgreSQL does it in one statement, which never looks into a table that it just filled."""
        if self.database == "sqlite":
            return [OPEN_CYCLES, CHARGE.replace("{cycles}", OPENED), DRAFT.replace("{cycles}", OPENED)]
        charge, draft = (each.replace("{cycles}", "opened") for each in (CHARGE, DRAFT))
        return [f"WITH opened AS ({OPEN_CYCLES} RETURNING *), charged AS ({charge}) {draft}"]

    def count(self, table: str) -> int:
        return int(self._run(f"SELECT count(*) FROM {table}", {})[0][0])

    def _run(self, statement: str, values: Values) -> list[Any]:
        key = "'cycle:' || id"
        words = statement.replace("{random}", RANDOM[self.database]).replace("{key}", key)
        return self._execute(words, values)


def _connected(database: str, address: str) -> Any:
    if database != "sqlite":
        return psycopg.connect(address, autocommit=True)
    lite = sqlite3.connect(address, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        lite.execute(f"PRAGMA {pragma}")
    return lite


def _executing(database: str, connection: Any) -> Run:
    if database == "sqlite":
        return lambda words, values: connection.execute(words, _lite(values)).fetchall()

    def run(words: str, values: Values) -> list[Any]:
        done = connection.execute(_named(words), values)
        return done.fetchall() if done.description else []

    return run


def _lite(values: Values) -> Values:
    """Times as our SQLite keeps them."""
    return {
        name: f"{value:%Y-%m-%d %H:%M:%S.%f}" if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def _named(words: str) -> bytes:
    for name in ("start_utc", "end_utc", "as_of", "most", "now", "number", "first", "last", "action"):
        words = words.replace(f":{name}", f"%({name})s")
    return words.replace(":start", "%(start)s").replace(":end", "%(end)s").encode()
