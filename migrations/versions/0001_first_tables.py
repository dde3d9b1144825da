"""The first tables: people, offices, orders, todos, documents, messages, jobs and the audit trail.

Nobody is running yet.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", BIG, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("office_id", BIG, nullable=True),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object_type", sa.String(length=40), nullable=True),
        sa.Column("object_ref", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=True),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("changes", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index("ix_audit_events_action", ["action", "id"], unique=False)
        batch_op.create_index("ix_audit_events_actor", ["actor", "id"], unique=False)
        batch_op.create_index("ix_audit_events_at", ["at", "id"], unique=False)
        batch_op.create_index("ix_audit_events_object", ["object_type", "object_ref", "id"], unique=False)

    op.create_table(
        "audit_seals",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", BIG, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("key_id", sa.String(length=40), nullable=False),
        sa.Column("mac", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("kind", "at", name=op.f("uq_audit_seals_kind_at")),
    )
    with op.batch_alter_table("audit_seals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_seals_seq"), ["seq"], unique=False)

    op.create_table(
        "failed_attempts",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_attempts")),
    )
    with op.batch_alter_table("failed_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_failed_attempts_address", ["kind", "address", "at"], unique=False)
        batch_op.create_index("ix_failed_attempts_subject", ["kind", "subject", "at"], unique=False)

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job_id", BIG, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "installation",
        sa.Column("id", BIG, autoincrement=False, nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("born_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("lost", BIG, nullable=False),
        sa.Column("run_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worker", sa.String(length=80), nullable=True),
        sa.Column("error_class", sa.String(length=120), nullable=True),
        sa.Column("error_place", sa.String(length=200), nullable=True),
        sa.Column("error_note", sa.String(length=300), nullable=True),
        sa.Column("request_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_failures", ["state", "kind", "error_class"], unique=False)
        batch_op.create_index("ix_jobs_finished", ["finished_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_jobs_order_number"), ["order_number"], unique=False)
        batch_op.create_index("ix_jobs_state", ["state", "run_after", "id"], unique=False)
        batch_op.create_index(
            "one_live_job",
            ["key"],
            unique=True,
            sqlite_where=sa.text("state IN ('ready', 'running')"),
            postgresql_where=sa.text("state IN ('ready', 'running')"),
        )

    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "offices",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("billing_email", sa.LargeBinary(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("code", name=op.f("uq_offices_code")),
        sa.UniqueConstraint("ref", name=op.f("uq_offices_ref")),
    )
    op.create_table(
        "schedule_occurrences",
        sa.Column("id", BIG, nullable=False),
        sa.Column("schedule", sa.String(length=60), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_occurrences")),
        sa.UniqueConstraint("schedule", "due_at", name=op.f("uq_schedule_occurrences_schedule_due_at")),
    )
    op.create_table(
        "audit_links",
        sa.Column("seq", BIG, autoincrement=False, nullable=False),
        sa.Column("event_id", BIG, nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["audit_events.id"], name=op.f("fk_audit_links_event_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_links")),
        sa.UniqueConstraint("event_id", name=op.f("uq_audit_links_event_id")),
    )
    op.create_table(
        "compliance_orders",
        sa.Column("id", BIG, nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("office_id", BIG, nullable=True),
        sa.Column("bundle_order_id", BIG, nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("entry_key", sa.String(length=64), nullable=False),
        sa.Column("service_slug", sa.String(length=60), nullable=False),
        sa.Column("price_cents", BIG, nullable=False),
        sa.Column("billing_interval", sa.String(length=10), nullable=True),
        sa.Column("allowed_methods", sa.JSON(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=True),
        sa.Column("amount_cents", BIG, nullable=False),
        sa.Column("surcharge_cents", BIG, nullable=False),
        sa.Column("customer_name", sa.LargeBinary(), nullable=True),
        sa.Column("customer_email", sa.LargeBinary(), nullable=True),
        sa.Column("customer_email_index", sa.LargeBinary(), nullable=True),
        sa.Column("intake_data", sa.LargeBinary(), nullable=True),
        sa.Column("npi", sa.String(length=10), nullable=True),
        sa.Column("payment_status", sa.String(length=40), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("payment_note", sa.LargeBinary(), nullable=True),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("canceled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_cause", sa.String(length=40), nullable=True),
        sa.Column("stripe_checkout_session_id", sa.LargeBinary(), nullable=True),
        sa.Column("stripe_checkout_session_index", sa.LargeBinary(), nullable=True),
        sa.Column("stripe_subscription_id", sa.LargeBinary(), nullable=True),
        sa.Column("stripe_subscription_index", sa.LargeBinary(), nullable=True),
        sa.Column("bundle_upsell_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "amount_cents >= 0 AND surcharge_cents >= 0", name=op.f("ck_compliance_orders_amounts")
        ),
        sa.ForeignKeyConstraint(
            ["bundle_order_id"], ["compliance_orders.id"], name=op.f("fk_compliance_orders_bundle_order_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_compliance_orders_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compliance_orders")),
        sa.UniqueConstraint("entry_key", name=op.f("uq_compliance_orders_entry_key")),
        sa.UniqueConstraint("order_number", name=op.f("uq_compliance_orders_order_number")),
        sa.UniqueConstraint("ref", name=op.f("uq_compliance_orders_ref")),
        sa.UniqueConstraint(
            "stripe_checkout_session_index", name=op.f("uq_compliance_orders_stripe_checkout_session_index")
        ),
        sa.UniqueConstraint(
            "stripe_subscription_index", name=op.f("uq_compliance_orders_stripe_subscription_index")
        ),
    )
    with op.batch_alter_table("compliance_orders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_compliance_orders_bundle_order_id"), ["bundle_order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_compliance_orders_customer_email_index"), ["customer_email_index"], unique=False
        )
        batch_op.create_index("ix_compliance_orders_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_compliance_orders_npi"), ["npi"], unique=False)
        batch_op.create_index(batch_op.f("ix_compliance_orders_office_id"), ["office_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_compliance_orders_service_slug"), ["service_slug"], unique=False)
        batch_op.create_index("ix_compliance_orders_unfulfilled", ["paid_at", "id"], unique=False)

    op.create_table(
        "users",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("email", sa.LargeBinary(), nullable=True),
        sa.Column("email_index", sa.LargeBinary(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("office_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_last_step", BIG, nullable=False),
        sa.Column("theme", sa.String(length=40), nullable=False),
        sa.Column("comfortable", sa.Boolean(), nullable=False),
        sa.Column("shortcuts", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_users_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email_index", name=op.f("uq_users_email_index")),
        sa.UniqueConstraint("ref", name=op.f("uq_users_ref")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_office_id"), ["office_id"], unique=False)

    op.create_table(
        "account_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_links_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_account_links_digest")),
    )
    with op.batch_alter_table("account_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_links_user_id"), ["user_id"], unique=False)

    op.create_table(
        "admin_todos",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("order_number", sa.String(length=20), nullable=True),
        sa.Column("npi", sa.String(length=10), nullable=True),
        sa.Column("service_slug", sa.String(length=60), nullable=True),
        sa.Column("recurring_invoice_id", sa.String(length=255), nullable=True),
        sa.Column("description", sa.LargeBinary(), nullable=True),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("intake_incomplete", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("assignee_id", BIG, nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("tracking_id", sa.String(length=80), nullable=True),
        sa.Column("outcome_note", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_by", BIG, nullable=True),
        sa.Column("version", BIG, nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["assignee_id"], ["users.id"], name=op.f("fk_admin_todos_assignee_id")),
        sa.ForeignKeyConstraint(["finished_by"], ["users.id"], name=op.f("fk_admin_todos_finished_by")),
        sa.ForeignKeyConstraint(["order_id"], ["compliance_orders.id"], name=op.f("fk_admin_todos_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_todos")),
        sa.UniqueConstraint("key", name=op.f("uq_admin_todos_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_admin_todos_ref")),
    )
    with op.batch_alter_table("admin_todos", schema=None) as batch_op:
        batch_op.create_index("ix_admin_todos_due", ["due_at", "id"], unique=False)
        batch_op.create_index("ix_admin_todos_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_admin_todos_npi", ["npi"], unique=False, postgresql_ops={"npi": "varchar_pattern_ops"}
        )
        batch_op.create_index(
            "ix_admin_todos_open_assignee",
            ["assignee_id", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.create_index(
            "ix_admin_todos_open_due",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.create_index(
            "ix_admin_todos_open_newest",
            ["created_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.create_index(
            "ix_admin_todos_open_priority",
            ["priority", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.create_index(
            "ix_admin_todos_open_service",
            ["service_slug", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.create_index(batch_op.f("ix_admin_todos_order_id"), ["order_id"], unique=False)
        batch_op.create_index(
            "ix_admin_todos_order_number",
            ["order_number"],
            unique=False,
            postgresql_ops={"order_number": "varchar_pattern_ops"},
        )
        batch_op.create_index("ix_admin_todos_priority", ["priority", "due_at", "id"], unique=False)
        batch_op.create_index("ix_admin_todos_status", ["status", "due_at", "id"], unique=False)
        batch_op.create_index(
            "ix_admin_todos_unclaimed",
            ["due_at", "id"],
            unique=False,
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting') AND assignee_id IS NULL"),
            postgresql_where=sa.text(
                "status IN ('pending', 'in_progress', 'waiting') AND assignee_id IS NULL"
            ),
        )

    op.create_table(
        "bulk_actions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("action", sa.String(length=20), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("total", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_bulk_actions_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
        sa.UniqueConstraint("ref", name=op.f("uq_bulk_actions_ref")),
    )
    op.create_table(
        "client_links",
        sa.Column("id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["order_id"], ["compliance_orders.id"], name=op.f("fk_client_links_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_client_links_digest")),
    )
    with op.batch_alter_table("client_links", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_client_links_order_id"), ["order_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", BIG, nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("revision", BIG, nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("blob_hash", sa.String(length=64), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", BIG, nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.CheckConstraint("revision >= 1 AND size >= 0", name=op.f("ck_documents_counts")),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"], name=op.f("fk_documents_created_by")),
        sa.ForeignKeyConstraint(["order_id"], ["compliance_orders.id"], name=op.f("fk_documents_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("blob_hash", name=op.f("uq_documents_blob_hash")),
        sa.UniqueConstraint("name", "revision", name=op.f("uq_documents_name_revision")),
        sa.UniqueConstraint("ref", name=op.f("uq_documents_ref")),
    )
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_documents_order_id"), ["order_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("digest", name=op.f("uq_recovery_codes_digest")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "user_sessions",
        sa.Column("id", BIG, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stepped_up_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(length=64), nullable=True),
        sa.Column("agent", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("digest", name=op.f("uq_user_sessions_digest")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "bulk_action_rows",
        sa.Column("id", BIG, nullable=False),
        sa.Column("bulk_action_id", BIG, nullable=False),
        sa.Column("todo_id", BIG, nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["bulk_action_id"], ["bulk_actions.id"], name=op.f("fk_bulk_action_rows_bulk_action_id")
        ),
        sa.ForeignKeyConstraint(["todo_id"], ["admin_todos.id"], name=op.f("fk_bulk_action_rows_todo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_action_rows")),
    )
    with op.batch_alter_table("bulk_action_rows", schema=None) as batch_op:
        batch_op.create_index("ix_bulk_action_rows_bulk", ["bulk_action_id", "outcome", "id"], unique=False)

    op.create_table(
        "messages",
        sa.Column("id", BIG, nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient", sa.LargeBinary(), nullable=True),
        sa.Column("order_id", BIG, nullable=True),
        sa.Column("todo_id", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("resent", BIG, nullable=False),
        sa.Column("error_class", sa.String(length=80), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["compliance_orders.id"], name=op.f("fk_messages_order_id")),
        sa.ForeignKeyConstraint(["todo_id"], ["admin_todos.id"], name=op.f("fk_messages_todo_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_messages_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
        sa.UniqueConstraint("ref", name=op.f("uq_messages_ref")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("ix_messages_newest", ["created_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_order_id"), ["order_id"], unique=False)
        batch_op.create_index("ix_messages_state", ["state", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_todo_id"), ["todo_id"], unique=False)

    op.create_table(
        "todo_notes",
        sa.Column("id", BIG, nullable=False),
        sa.Column("todo_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_todo_notes_author_id")),
        sa.ForeignKeyConstraint(["todo_id"], ["admin_todos.id"], name=op.f("fk_todo_notes_todo_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_todo_notes")),
        sa.UniqueConstraint("ref", name=op.f("uq_todo_notes_ref")),
    )
    with op.batch_alter_table("todo_notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_todo_notes_todo_id"), ["todo_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("todo_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_todo_notes_todo_id"))

    op.drop_table("todo_notes")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_messages_todo_id"))
        batch_op.drop_index("ix_messages_state")
        batch_op.drop_index(batch_op.f("ix_messages_order_id"))
        batch_op.drop_index("ix_messages_newest")

    op.drop_table("messages")
    with op.batch_alter_table("bulk_action_rows", schema=None) as batch_op:
        batch_op.drop_index("ix_bulk_action_rows_bulk")

    op.drop_table("bulk_action_rows")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_user_id"))

    op.drop_table("user_sessions")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("documents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_documents_order_id"))

    op.drop_table("documents")
    with op.batch_alter_table("client_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_client_links_order_id"))

    op.drop_table("client_links")
    op.drop_table("bulk_actions")
    with op.batch_alter_table("admin_todos", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_admin_todos_unclaimed",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting') AND assignee_id IS NULL"),
            postgresql_where=sa.text(
                "status IN ('pending', 'in_progress', 'waiting') AND assignee_id IS NULL"
            ),
        )
        batch_op.drop_index("ix_admin_todos_status")
        batch_op.drop_index("ix_admin_todos_priority")
        batch_op.drop_index(
            "ix_admin_todos_order_number", postgresql_ops={"order_number": "varchar_pattern_ops"}
        )
        batch_op.drop_index(batch_op.f("ix_admin_todos_order_id"))
        batch_op.drop_index(
            "ix_admin_todos_open_service",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.drop_index(
            "ix_admin_todos_open_priority",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.drop_index(
            "ix_admin_todos_open_newest",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.drop_index(
            "ix_admin_todos_open_due",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.drop_index(
            "ix_admin_todos_open_assignee",
            sqlite_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
            postgresql_where=sa.text("status IN ('pending', 'in_progress', 'waiting')"),
        )
        batch_op.drop_index("ix_admin_todos_npi", postgresql_ops={"npi": "varchar_pattern_ops"})
        batch_op.drop_index("ix_admin_todos_newest")
        batch_op.drop_index("ix_admin_todos_due")

    op.drop_table("admin_todos")
    with op.batch_alter_table("account_links", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_links_user_id"))

    op.drop_table("account_links")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_office_id"))

    op.drop_table("users")
    with op.batch_alter_table("compliance_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_compliance_orders_unfulfilled")
        batch_op.drop_index(batch_op.f("ix_compliance_orders_service_slug"))
        batch_op.drop_index(batch_op.f("ix_compliance_orders_office_id"))
        batch_op.drop_index(batch_op.f("ix_compliance_orders_npi"))
        batch_op.drop_index("ix_compliance_orders_newest")
        batch_op.drop_index(batch_op.f("ix_compliance_orders_customer_email_index"))
        batch_op.drop_index(batch_op.f("ix_compliance_orders_bundle_order_id"))

    op.drop_table("compliance_orders")
    op.drop_table("audit_links")
    op.drop_table("schedule_occurrences")
    op.drop_table("offices")
    op.drop_table("leases")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index(
            "one_live_job",
            sqlite_where=sa.text("state IN ('ready', 'running')"),
            postgresql_where=sa.text("state IN ('ready', 'running')"),
        )
        batch_op.drop_index("ix_jobs_state")
        batch_op.drop_index(batch_op.f("ix_jobs_order_number"))
        batch_op.drop_index("ix_jobs_finished")
        batch_op.drop_index("ix_jobs_failures")

    op.drop_table("jobs")
    op.drop_table("installation")
    op.drop_table("heartbeats")
    with op.batch_alter_table("failed_attempts", schema=None) as batch_op:
        batch_op.drop_index("ix_failed_attempts_subject")
        batch_op.drop_index("ix_failed_attempts_address")

    op.drop_table("failed_attempts")
    with op.batch_alter_table("audit_seals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_seals_seq"))

    op.drop_table("audit_seals")
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_events_object")
        batch_op.drop_index("ix_audit_events_at")
        batch_op.drop_index("ix_audit_events_actor")
        batch_op.drop_index("ix_audit_events_action")

    op.drop_table("audit_events")
