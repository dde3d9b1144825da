"""Billing: plans, patients, cycles, the ledger, invoices, payments; offices get a subscription.

Safe while the release before is serving: it knows none of the tables, and each new column may be empty.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "charges",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("cycle_id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("turn", BIG, nullable=False),
        sa.Column("cents", BIG, nullable=False),
        sa.Column("settled_in", BIG, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("anonymous_patient_ref", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charges")),
        sa.UniqueConstraint(
            "cycle_id", "patient_id", "turn", name=op.f("uq_charges_cycle_id_patient_id_turn")
        ),
    )
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.create_index(
            "ix_charges_late",
            ["settled_in"],
            unique=False,
            sqlite_where=sa.text("settled_in <> cycle_id"),
            postgresql_where=sa.text("settled_in <> cycle_id"),
        )

    op.create_table(
        "closed_months",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("recognized_cents", BIG, nullable=False),
        sa.Column("deferred_cents", BIG, nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_months")),
    )
    op.create_table(
        "monthly_runs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("offices_due", BIG, nullable=False),
        sa.Column("cycles_turned", BIG, nullable=False),
        sa.Column("charges", BIG, nullable=False),
        sa.Column("invoices_closed", BIG, nullable=False),
        sa.Column("total_cents", BIG, nullable=False),
        sa.Column("offices_parked", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monthly_runs")),
        sa.UniqueConstraint("ref", name=op.f("uq_monthly_runs_ref")),
    )
    with op.batch_alter_table("monthly_runs", schema=None) as batch_op:
        batch_op.create_index(
            "one_unfinished_run",
            ["kind"],
            unique=True,
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        )

    op.create_table(
        "plans",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("name", name=op.f("uq_plans_name")),
        sa.UniqueConstraint("ref", name=op.f("uq_plans_ref")),
    )
    op.create_table(
        "recorded_requests",
        sa.Column("id", BIG, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recorded_requests")),
        sa.UniqueConstraint(
            "purpose", "reference", "digest", name=op.f("uq_recorded_requests_purpose_reference_digest")
        ),
    )
    op.create_table(
        "revenue_entries",
        sa.Column("id", BIG, nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("source_id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=True),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("cents", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revenue_entries")),
        sa.UniqueConstraint(
            "source",
            "source_id",
            "month",
            "kind",
            name=op.f("uq_revenue_entries_source_source_id_month_kind"),
        ),
    )
    with op.batch_alter_table("revenue_entries", schema=None) as batch_op:
        batch_op.create_index("ix_revenue_entries_month", ["month"], unique=False)

    op.create_table(
        "price_versions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("plan_id", BIG, nullable=False),
        sa.Column("effective", sa.Date(), nullable=False),
        sa.Column("cents", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_price_versions_price")),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name=op.f("fk_price_versions_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_versions")),
        sa.UniqueConstraint("plan_id", "effective", name=op.f("uq_price_versions_plan_id_effective")),
    )
    op.create_table(
        "billing_cycles",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=False),
        sa.Column("start_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("end_utc", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cents", BIG, nullable=False),
        sa.Column("carries", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_billing_cycles_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billing_cycles")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_billing_cycles_office_id_number")),
    )
    with op.batch_alter_table("billing_cycles", schema=None) as batch_op:
        batch_op.create_index("ix_billing_cycles_instants", ["office_id", "start_utc"], unique=False)

    op.create_table(
        "number_series",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("next_number", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_number_series_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("office_id", name=op.f("uq_number_series_office_id")),
        sa.UniqueConstraint("ref", name=op.f("uq_number_series_ref")),
    )
    op.create_table(
        "office_statuses",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_office_statuses_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_statuses")),
    )
    with op.batch_alter_table("office_statuses", schema=None) as batch_op:
        batch_op.create_index("ix_office_statuses_history", ["office_id", "at", "id"], unique=False)

    op.create_table(
        "parked_offices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("run_id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_parked_offices_office_id")),
        sa.ForeignKeyConstraint(["run_id"], ["monthly_runs.id"], name=op.f("fk_parked_offices_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_offices")),
    )
    with op.batch_alter_table("parked_offices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parked_offices_run_id"), ["run_id"], unique=False)

    op.create_table(
        "patients",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("date_of_birth", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("mrn", sa.LargeBinary(), nullable=True),
        sa.Column("is_active_for_billing", sa.Boolean(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_patients_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patients")),
        sa.UniqueConstraint("ref", name=op.f("uq_patients_ref")),
    )
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.create_index("ix_patients_office", ["office_id", "id"], unique=False)

    op.create_table(
        "activity_intervals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("started", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_activity_intervals_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity_intervals")),
    )
    with op.batch_alter_table("activity_intervals", schema=None) as batch_op:
        batch_op.create_index("ix_activity_intervals_office", ["office_id", "started"], unique=False)
        batch_op.create_index(batch_op.f("ix_activity_intervals_patient_id"), ["patient_id"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("office_id", BIG, nullable=True),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_api_keys_made_by")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_api_keys_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
        sa.UniqueConstraint("ref", name=op.f("uq_api_keys_ref")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_api_keys_office_id"), ["office_id"], unique=False)

    op.create_table(
        "invoices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("invoice_type", sa.String(length=40), nullable=False),
        sa.Column("cycle_id", BIG, nullable=True),
        sa.Column("billing_period_start", sa.Date(), nullable=False),
        sa.Column("billing_period_end", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("document_state", sa.String(length=40), nullable=False),
        sa.Column("payment_state", sa.String(length=40), nullable=False),
        sa.Column("total_cents", BIG, nullable=False),
        sa.Column("amount_paid_cents", BIG, nullable=False),
        sa.Column("amount_refunded_cents", BIG, nullable=False),
        sa.Column("amount_credited_cents", BIG, nullable=False),
        sa.Column("number", sa.String(length=24), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("approve_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("entry_key", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", BIG, nullable=True),
        sa.Column("stripe_invoice_id", sa.LargeBinary(), nullable=True),
        sa.Column("stripe_invoice_index", sa.LargeBinary(), nullable=True),
        sa.Column("hosted_invoice_url", sa.Text(), nullable=True),
        sa.Column("last_synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "amount_paid_cents >= 0 AND amount_refunded_cents >= 0", name=op.f("ck_invoices_amounts")
        ),
        sa.ForeignKeyConstraint(["cycle_id"], ["billing_cycles.id"], name=op.f("fk_invoices_cycle_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_invoices_office_id")),
        sa.ForeignKeyConstraint(["replaces_id"], ["invoices.id"], name=op.f("fk_invoices_replaces_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoices")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_invoices_entry_key")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_invoices_office_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_invoices_ref")),
        sa.UniqueConstraint("stripe_invoice_index", name=op.f("uq_invoices_stripe_invoice_index")),
    )
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.create_index("ix_invoices_office", ["office_id", "id"], unique=False)
        batch_op.create_index(
            "ix_invoices_unsent",
            ["office_id", "id"],
            unique=False,
            sqlite_where=sa.text("document_state = 'issued' AND sent_at IS NULL"),
            postgresql_where=sa.text("document_state = 'issued' AND sent_at IS NULL"),
        )
        batch_op.create_index(
            "ix_invoices_state", ["document_state", "payment_state", "due_date", "id"], unique=False
        )
        batch_op.create_index(
            "one_live_monthly_invoice",
            ["cycle_id"],
            unique=True,
            sqlite_where=sa.text("invoice_type = 'monthly' AND document_state <> 'void'"),
            postgresql_where=sa.text("invoice_type = 'monthly' AND document_state <> 'void'"),
        )

    op.create_table(
        "patient_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("told", sa.String(length=40), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_by", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_events_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_events")),
    )
    with op.batch_alter_table("patient_events", schema=None) as batch_op:
        batch_op.create_index("ix_patient_events_history", ["patient_id", "effective_at", "id"], unique=False)
        batch_op.create_index("ix_patient_events_told", ["told_at"], unique=False)

    op.create_table(
        "patient_imports",
        sa.Column("id", BIG, nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("asked_by", BIG, nullable=True),
        sa.Column("all_or_nothing", sa.Boolean(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("rows", BIG, nullable=False),
        sa.Column("next_row", BIG, nullable=False),
        sa.Column("added", BIG, nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_patient_imports_asked_by")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_patient_imports_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_imports")),
        sa.UniqueConstraint("ref", name=op.f("uq_patient_imports_ref")),
    )
    with op.batch_alter_table("patient_imports", schema=None) as batch_op:
        batch_op.create_index("ix_patient_imports_office", ["office_id", "id"], unique=False)

    op.create_table(
        "patient_tokens",
        sa.Column("id", BIG, nullable=False),
        sa.Column("patient_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_patient_tokens_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patient_tokens")),
    )
    with op.batch_alter_table("patient_tokens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_patient_tokens_patient_id"), ["patient_id"], unique=False)
        batch_op.create_index("ix_patient_tokens_token", ["token"], unique=False)

    op.create_table(
        "credit_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("office_id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("number", sa.String(length=28), nullable=False),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_credit_notes_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_credit_notes_invoice_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_credit_notes_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credit_notes")),
        sa.UniqueConstraint("key", name=op.f("uq_credit_notes_key")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_credit_notes_office_id_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_credit_notes_ref")),
    )
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credit_notes_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "dunnings",
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("step", BIG, nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_dunnings_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dunnings")),
        sa.UniqueConstraint("invoice_id", name=op.f("uq_dunnings_invoice_id")),
    )
    with op.batch_alter_table("dunnings", schema=None) as batch_op:
        batch_op.create_index("ix_dunnings_next", ["state", "next_on"], unique=False)

    op.create_table(
        "idempotent_answers",
        sa.Column("id", BIG, nullable=False),
        sa.Column("api_key_id", BIG, nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("request_digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", BIG, nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_idempotent_answers_api_key_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotent_answers")),
        sa.UniqueConstraint(
            "api_key_id", "key_digest", name=op.f("uq_idempotent_answers_api_key_id_key_digest")
        ),
        sa.UniqueConstraint("ref", name=op.f("uq_idempotent_answers_ref")),
    )
    op.create_table(
        "invoice_line_items",
        sa.Column("id", BIG, nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("item_type", sa.String(length=40), nullable=False),
        sa.Column("wording", sa.String(length=40), nullable=False),
        sa.Column("service_month", sa.Date(), nullable=True),
        sa.Column("quantity", BIG, nullable=False),
        sa.Column("unit_cents", BIG, nullable=False),
        sa.Column("total_cents", BIG, nullable=False),
        sa.Column("entry_key", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint("total_cents = quantity * unit_cents", name=op.f("ck_invoice_line_items_product")),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoices.id"], name=op.f("fk_invoice_line_items_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_line_items")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_invoice_line_items_entry_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_invoice_line_items_ref")),
    )
    with op.batch_alter_table("invoice_line_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_line_items_invoice_id"), ["invoice_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("invoice_id", BIG, nullable=True),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("returned_cents", BIG, nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("provider_reference", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempt", BIG, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payments_amount")),
        sa.CheckConstraint("returned_cents BETWEEN 0 AND amount_cents", name=op.f("ck_payments_returned")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_payments_invoice_id")),
        sa.ForeignKeyConstraint(["order_id"], ["compliance_orders.id"], name=op.f("fk_payments_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("key", name=op.f("uq_payments_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_payments_ref")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index("ix_payments_invoice", ["invoice_id", "id"], unique=False)

    op.create_table(
        "refunds",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("invoice_id", BIG, nullable=False),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoices.id"], name=op.f("fk_refunds_invoice_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
        sa.UniqueConstraint("key", name=op.f("uq_refunds_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_refunds_ref")),
    )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refunds_invoice_id"), ["invoice_id"], unique=False)

    with op.batch_alter_table("client_links", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invoice_id", BIG, nullable=True))
        batch_op.alter_column("order_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.create_index(batch_op.f("ix_client_links_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_client_links_invoice_id"), "invoices", ["invoice_id"], ["id"]
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_client_links_opens_one"), "(order_id IS NULL) <> (invoice_id IS NULL)"
        )

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("invoice_id", BIG, nullable=True))
        batch_op.create_index(batch_op.f("ix_messages_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_messages_invoice_id"), "invoices", ["invoice_id"], ["id"])

    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("billing_address", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("subscription_status", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("plan_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("next_plan_id", BIG, nullable=True))
        batch_op.add_column(sa.Column("billing_cycle_anchor_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("next_anchor_date", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("subscription_started_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("trial_ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("next_boundary", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("parked_reason", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("payment_provider_customer_id", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("payment_provider_customer_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("payment_provider_subscription_id", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("payment_provider_subscription_index", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("verified_name", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("verified_email", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("name_entered_by", BIG, nullable=True))
        batch_op.add_column(sa.Column("email_entered_by", BIG, nullable=True))
        batch_op.add_column(sa.Column("verified_by", BIG, nullable=True))
        batch_op.add_column(sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_offices_next_boundary", ["next_boundary", "id"], unique=False)
        batch_op.create_unique_constraint(
            batch_op.f("uq_offices_payment_provider_customer_index"), ["payment_provider_customer_index"]
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_offices_payment_provider_subscription_index"),
            ["payment_provider_subscription_index"],
        )
        batch_op.create_foreign_key(batch_op.f("fk_offices_plan_id"), "plans", ["plan_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_offices_next_plan_id"), "plans", ["next_plan_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_offices_next_plan_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_offices_plan_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("uq_offices_payment_provider_subscription_index"), type_="unique")
        batch_op.drop_constraint(batch_op.f("uq_offices_payment_provider_customer_index"), type_="unique")
        batch_op.drop_index("ix_offices_next_boundary")
        batch_op.drop_column("verified_at")
        batch_op.drop_column("verified_by")
        batch_op.drop_column("email_entered_by")
        batch_op.drop_column("name_entered_by")
        batch_op.drop_column("verified_email")
        batch_op.drop_column("verified_name")
        batch_op.drop_column("payment_provider_subscription_index")
        batch_op.drop_column("payment_provider_subscription_id")
        batch_op.drop_column("payment_provider_customer_index")
        batch_op.drop_column("payment_provider_customer_id")
        batch_op.drop_column("parked_reason")
        batch_op.drop_column("parked_at")
        batch_op.drop_column("next_boundary")
        batch_op.drop_column("trial_ends_on")
        batch_op.drop_column("subscription_started_at")
        batch_op.drop_column("next_anchor_date")
        batch_op.drop_column("billing_cycle_anchor_date")
        batch_op.drop_column("next_plan_id")
        batch_op.drop_column("plan_id")
        batch_op.drop_column("subscription_status")
        batch_op.drop_column("billing_address")

    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_messages_invoice_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_messages_invoice_id"))
        batch_op.drop_column("invoice_id")

    op.execute("DELETE FROM client_links WHERE order_id IS NULL")
    with op.batch_alter_table("client_links", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_client_links_opens_one"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_client_links_invoice_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_client_links_invoice_id"))
        batch_op.alter_column("order_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("invoice_id")

    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_invoice_id"))

    op.drop_table("refunds")
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index("ix_payments_invoice")

    op.drop_table("payments")
    with op.batch_alter_table("invoice_line_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_line_items_invoice_id"))

    op.drop_table("invoice_line_items")
    op.drop_table("idempotent_answers")
    with op.batch_alter_table("dunnings", schema=None) as batch_op:
        batch_op.drop_index("ix_dunnings_next")

    op.drop_table("dunnings")
    with op.batch_alter_table("credit_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_credit_notes_invoice_id"))

    op.drop_table("credit_notes")
    with op.batch_alter_table("patient_tokens", schema=None) as batch_op:
        batch_op.drop_index("ix_patient_tokens_token")
        batch_op.drop_index(batch_op.f("ix_patient_tokens_patient_id"))

    op.drop_table("patient_tokens")
    with op.batch_alter_table("patient_imports", schema=None) as batch_op:
        batch_op.drop_index("ix_patient_imports_office")

    op.drop_table("patient_imports")
    with op.batch_alter_table("patient_events", schema=None) as batch_op:
        batch_op.drop_index("ix_patient_events_told")
        batch_op.drop_index("ix_patient_events_history")

    op.drop_table("patient_events")
    with op.batch_alter_table("invoices", schema=None) as batch_op:
        batch_op.drop_index(
            "one_live_monthly_invoice",
            sqlite_where=sa.text("invoice_type = 'monthly' AND document_state <> 'void'"),
            postgresql_where=sa.text("invoice_type = 'monthly' AND document_state <> 'void'"),
        )
        batch_op.drop_index("ix_invoices_state")
        batch_op.drop_index(
            "ix_invoices_unsent",
            sqlite_where=sa.text("document_state = 'issued' AND sent_at IS NULL"),
            postgresql_where=sa.text("document_state = 'issued' AND sent_at IS NULL"),
        )
        batch_op.drop_index("ix_invoices_office")

    op.drop_table("invoices")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_api_keys_office_id"))

    op.drop_table("api_keys")
    with op.batch_alter_table("activity_intervals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_activity_intervals_patient_id"))
        batch_op.drop_index("ix_activity_intervals_office")

    op.drop_table("activity_intervals")
    with op.batch_alter_table("patients", schema=None) as batch_op:
        batch_op.drop_index("ix_patients_office")

    op.drop_table("patients")
    with op.batch_alter_table("parked_offices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parked_offices_run_id"))

    op.drop_table("parked_offices")
    with op.batch_alter_table("office_statuses", schema=None) as batch_op:
        batch_op.drop_index("ix_office_statuses_history")

    op.drop_table("office_statuses")
    op.drop_table("number_series")
    with op.batch_alter_table("billing_cycles", schema=None) as batch_op:
        batch_op.drop_index("ix_billing_cycles_instants")

    op.drop_table("billing_cycles")
    op.drop_table("price_versions")
    with op.batch_alter_table("revenue_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_revenue_entries_month")

    op.drop_table("revenue_entries")
    op.drop_table("recorded_requests")
    op.drop_table("plans")
    with op.batch_alter_table("monthly_runs", schema=None) as batch_op:
        batch_op.drop_index(
            "one_unfinished_run",
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        )

    op.drop_table("monthly_runs")
    op.drop_table("closed_months")
    with op.batch_alter_table("charges", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_charges_late",
            sqlite_where=sa.text("settled_in <> cycle_id"),
            postgresql_where=sa.text("settled_in <> cycle_id"),
        )

    op.drop_table("charges")
