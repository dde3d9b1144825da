"""The second wall behind the portal: on PostgreSQL its units see and touch one office's rows (spec SEC-02).

They run as a role of their own, `<the app's role>_portal`, which owns nothing, cannot sign in, and has the
rights below and no others: no patient, no order, no payment. Two policies a table rather than one that asks
who is looking: the app's is always true and vanishes from its plans. The owner is not held by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection

from dashboard.unit import PORTAL_SUFFIX

OFFICE = "NULLIF(current_setting('countersign.office', true), '')::bigint"
ITS_OWN = f"office_id = {OFFICE}"
OF_ITS_PEOPLE = "EXISTS (SELECT FROM users WHERE users.id = {}.user_id)"
OF_ITS_INVOICES = "EXISTS (SELECT FROM invoices WHERE invoices.id = invoice_line_items.invoice_id)"
ITS_PAPERS = "EXISTS (SELECT FROM invoices WHERE documents.name = 'invoices/' || invoices.ref || '.pdf')"

# which rows of a table the portal sees and may write; those of the last five through rows of the others
ROWS: Mapping[str, str] = {
    "offices": f"id = {OFFICE}",
    "users": ITS_OWN,
    "office_statuses": ITS_OWN,
    "billing_cycles": ITS_OWN,
    "activity_intervals": ITS_OWN,
    "charges": ITS_OWN,
    "invoices": ITS_OWN,
    "invoice_line_items": OF_ITS_INVOICES,
    "documents": ITS_PAPERS,
    "messages": OF_ITS_PEOPLE.format("messages"),
    "account_links": OF_ITS_PEOPLE.format("account_links"),
    "user_sessions": OF_ITS_PEOPLE.format("user_sessions"),
}
# canceling brings the office's months up to date, and so may open a cycle, carry charges over, close a draft
RIGHTS: Mapping[str, str] = {
    "offices": "SELECT, UPDATE (subscription_status, plan_id, next_plan_id, billing_cycle_anchor_date,"
    " next_anchor_date, trial_ends_on, next_boundary, version)",
    "users": "SELECT, INSERT, UPDATE (role, state, version)",
    "office_statuses": "SELECT, INSERT",
    "billing_cycles": "SELECT, INSERT, UPDATE (closed_at)",
    "activity_intervals": "SELECT",
    "charges": "SELECT, INSERT",
    "invoices": "SELECT, INSERT, UPDATE (total_cents, document_state, updated_at, version)",
    "invoice_line_items": "SELECT, INSERT",
    "documents": "SELECT, INSERT",
    "messages": "SELECT, INSERT",
    "account_links": "SELECT, INSERT, UPDATE (used_at)",
    "user_sessions": "SELECT (id, user_id, ended_at), UPDATE (ended_at)",
    "plans": "SELECT",
    "price_versions": "SELECT",
    "audit_events": "INSERT, SELECT (id)",
    "jobs": "INSERT, SELECT (key, state)",
}


def statements(tables: set[str], app_role: str) -> Iterator[str]:
    """What puts the wall up around the tables that exist, for an app that is not their owner."""
    portal = f"{app_role}{PORTAL_SUFFIX}"
    yield _role(app_role, portal)
    yield f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{portal}"'
    yield f'GRANT USAGE ON SCHEMA public TO "{portal}"'
    for table in RIGHTS.keys() & tables:
        yield f'GRANT {RIGHTS[table]} ON {table} TO "{portal}"'
        if "INSERT" in RIGHTS[table]:
            yield f'GRANT USAGE ON SEQUENCE {table}_id_seq TO "{portal}"'
    for table in ROWS.keys() & tables:
        yield f'CREATE POLICY app ON {table} TO "{app_role}" USING (true)'
        yield f'CREATE POLICY portal ON {table} TO "{portal}" USING ({ROWS[table]})'
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"


def drop(connection: Connection) -> None:
    """Take the policies away before tables change. Roles and rights stay: they stand in nobody's way."""
    found = connection.exec_driver_sql(
        "SELECT tablename, policyname FROM pg_policies WHERE schemaname = 'public'"
    )
    for table, policy in found.all():
        connection.exec_driver_sql(f'DROP POLICY "{policy}" ON "{table}"')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')


def _role(app_role: str, portal: str) -> str:
    """Make the portal's role, and the app a member, unless the database's administrator has.

    An owner who may not make roles is told the two statements.
    """
    made, joined = f'CREATE ROLE "{portal}" NOLOGIN', f'GRANT "{portal}" TO "{app_role}"'
    return f"""DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{portal}') THEN {made}; END IF;
        IF NOT pg_has_role('{app_role}', '{portal}', 'MEMBER') THEN {joined}; END IF;
    EXCEPTION WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'The portal has no role. As an administrator of the server: {made}; {joined};';
    END $$"""
