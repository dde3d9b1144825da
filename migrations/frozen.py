"""What the database itself refuses to change, whoever asks: the trail and the ledger, and what was issued.

A row of an append-only table is never changed or deleted. Of an issued invoice, what was said stays: its
lines, its sums, its number and its days (spec INV-03); what happens to it, payments and voiding, moves on.
"""

from __future__ import annotations

from collections.abc import Iterator

APPEND_ONLY = ("audit_events", "audit_links", "audit_seals", "charges")
INVOICES, LINES = "invoices", "invoice_line_items"
GUARDED = (*APPEND_ONLY, INVOICES, LINES)
SAID = (
    "office_id", "invoice_type", "cycle_id", "billing_period_start", "billing_period_end", "currency",
    "total_cents", "number", "issued_at", "due_date", "entry_key", "replaces_id",
)  # fmt: skip
REFUSAL = "an issued invoice never changes"
ACTS = {"insert": "new", "update": "old", "delete": "old"}


def sqlite(tables: set[str]) -> Iterator[str]:
    """The triggers for these tables."""
    for table in filter(tables.__contains__, APPEND_ONLY):
        for act in ("update", "delete"):
            yield (
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    if tables >= {INVOICES, LINES}:
        yield from _sqlite_invoices()


def _sqlite_invoices() -> Iterator[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    changed = " OR ".join(f"new.{name} IS NOT old.{name}" for name in SAID)
    yield (
        f"CREATE TRIGGER {INVOICES}_stay BEFORE UPDATE OF {', '.join(SAID)} ON {INVOICES}"
        f" WHEN old.number IS NOT NULL AND ({changed}) {refuse}"
    )
    yield f"CREATE TRIGGER {INVOICES}_kept BEFORE DELETE ON {INVOICES} WHEN old.number IS NOT NULL {refuse}"
    for act, row in ACTS.items():
        issued = f"(SELECT number FROM {INVOICES} WHERE id = {row}.invoice_id) IS NOT NULL"
        yield f"CREATE TRIGGER {LINES}_no_{act} BEFORE {act.upper()} ON {LINES} WHEN {issued} {refuse}"


def postgresql(tables: set[str]) -> Iterator[str]:
    """The functions and triggers for these tables."""
    if "audit_events" in tables:
        yield _function("refuse_change", "RAISE EXCEPTION ''% is append-only'', TG_TABLE_NAME;")
    for table in filter(tables.__contains__, APPEND_ONLY):
        yield (
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        yield (
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    if tables >= {INVOICES, LINES}:
        yield from _postgresql_invoices()


def _postgresql_invoices() -> Iterator[str]:
    old, new = (", ".join(f"{row}.{name}" for name in SAID) for row in ("old", "new"))
    yield _function("refuse_issued", f"RAISE EXCEPTION ''{REFUSAL}'';")
    yield _function(
        "refuse_lines",
        f"IF EXISTS (SELECT 1 FROM {INVOICES} WHERE number IS NOT NULL AND id ="
        " CASE TG_OP WHEN ''INSERT'' THEN new.invoice_id ELSE old.invoice_id END)"
        f" THEN RAISE EXCEPTION ''{REFUSAL}''; END IF;"
        " IF TG_OP = ''DELETE'' THEN RETURN old; END IF; RETURN new;",
    )
    each = "FOR EACH ROW"
    yield (
        f"CREATE TRIGGER {INVOICES}_stay BEFORE UPDATE ON {INVOICES} {each}"
        f" WHEN (old.number IS NOT NULL AND ({old}) IS DISTINCT FROM ({new}))"
        " EXECUTE FUNCTION refuse_issued()"
    )
    yield (
        f"CREATE TRIGGER {INVOICES}_kept BEFORE DELETE ON {INVOICES} {each}"
        " WHEN (old.number IS NOT NULL) EXECUTE FUNCTION refuse_issued()"
    )
    yield (
        f"CREATE TRIGGER {LINES}_stay BEFORE INSERT OR UPDATE OR DELETE ON {LINES} {each}"
        " EXECUTE FUNCTION refuse_lines()"
    )


def _function(name: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN {body} END'"


def taken_away(tables: set[str]) -> Iterator[str]:
    """What PostgreSQL is told before tables change. Harmless where nothing is there."""
    for table in filter(tables.__contains__, GUARDED):
        for name in ("append_only", "never_emptied", "stay", "kept"):
            yield f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}"
