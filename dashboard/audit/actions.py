"""The closed list of what the audit trail can say, and the fields that each act may carry (spec AUD-01)."""

from __future__ import annotations

from enum import Enum


class Action(Enum):
    """An act. Its value is stored and shown; the words behind it are the only changes it may carry."""

    ORDER_CREATED = "order created", "source", "service", "status"
    ORDER_CHANGED = "order changed", "payment_status", "status", "method", "cause", "cents", "from_status"
    INTAKE_CHANGED = "intake changed", "fields"
    SENSITIVE_SHOWN = "sensitive value shown", "fields"
    DOCUMENT_KEPT = "document kept", "revision"
    DOCUMENT_READ = "document read", "revision"
    OFFICE_CREATED = "office created"
    OFFICE_CHANGED = "office changed", "fields"

    TODO_OPENED = "todo opened", "key", "category", "priority", "cycle"
    TODO_CLAIMED = "todo claimed", "from_user", "to_user"
    TODO_ASSIGNED = "todo assigned", "from_user", "to_user"
    TODO_CHANGED = "todo changed", "fields", "from_status", "to_status"
    TODO_COMMENTED = "todo commented"
    TODO_COMPLETED = "todo completed", "tracking", "from_status"
    TODO_CANCELED = "todo canceled", "from_status"
    TODO_REOPENED = "todo reopened", "from_status"
    BULK_ASKED = "bulk action asked", "action", "rows"

    OFFICE_VERIFIED = "office verified"
    PATIENT_CREATED = "patient created"
    PATIENTS_IMPORTED = "patients imported", "state", "added", "refused"
    PATIENT_CHANGED = "patient changed", "fields"
    PATIENT_ACTIVATED = "patient activated", "cents", "late"
    PATIENT_REACTIVATED = "patient reactivated", "cents", "late"
    PATIENT_DEACTIVATED = "patient deactivated", "late"
    PATIENT_MOVED = "patient moved"
    PATIENT_VIEWED = "patient viewed", "fields", "rows"
    PATIENT_ERASED = "patient erased"
    CHARGE_MAP_VIEWED = "charge map viewed", "rows"
    CYCLE_OPENED = "cycle opened", "number", "cents"
    CYCLE_CLOSED = "cycle closed", "number", "charges", "cents"
    OFFICE_PARKED = "office parked", "reason"
    OFFICE_UNPARKED = "office unparked"
    RUN_ASKED = "monthly run asked", "dry"
    SUBSCRIPTION_CREATED = "subscription created", "plan", "status"
    SUBSCRIPTION_CHANGED = "subscription changed", "fields", "plan"
    SUBSCRIPTION_CANCELED = "subscription canceled"
    STATUS_CHANGED = "status changed", "from_status", "to_status", "cause"
    PRICE_CHANGED = "price changed", "plan", "effective", "cents"
    INVOICE_DRAFTED = "invoice drafted", "type"
    INVOICE_LINE_ADDED = "invoice line added", "type", "cents"
    INVOICE_CLOSED = "invoice closed", "cents", "lines"
    INVOICE_RETURNED = "invoice sent back"
    INVOICE_ISSUED = "invoice issued", "number", "cents", "by_clock"
    INVOICE_SENT = "invoice sent"
    INVOICE_PAID = "invoice paid", "cents"
    INVOICE_FAILED = "invoice failed"
    INVOICE_CANCELED = "invoice canceled", "replaced"
    INVOICE_CREDITED = "invoice credited", "cents"
    ONE_OFF_CHARGED = "one-off charged", "type", "cents"
    PAYMENT_ATTEMPTED = "payment attempted", "cents", "method"
    PAYMENT_SUCCEEDED = "payment succeeded", "cents", "method", "source"
    PAYMENT_FAILED = "payment failed", "cents", "method"
    REFUNDED = "refund", "cents"
    DISPUTE_CHANGED = "dispute changed", "to_status"
    DUNNING_CHANGED = "dunning changed", "step", "state"
    MONTH_CLOSED = "month closed", "month", "recognized", "deferred"
    API_KEY_MADE = "API key made", "role", "office"
    API_KEY_REVOKED = "API key revoked"
    CLOCK_MOVED = "clock moved", "seconds"

    LINK_ISSUED = "link issued", "purpose"
    LINK_OPENED = "link opened", "purpose"
    LINK_REVOKED = "link revoked", "purpose"

    JOB_RETRIED = "job retried", "kind", "jobs"
    JOB_FAILED = "job failed", "kind", "error"
    JOB_DISCARDED = "job discarded", "kind", "jobs"
    MAIL_RESENT = "mail resent", "kind"
    MAIL_CANCELED = "mail canceled", "kind"
    MAIL_FAILED = "mail failed", "kind", "error"

    USER_INVITED = "user invited", "role"
    USER_CHANGED = "user changed", "fields", "role", "from_role"
    USER_DISABLED = "user disabled"
    USER_ENABLED = "user enabled"
    PASSWORD_CHANGED = "password changed"
    SECOND_FACTOR_CHANGED = "second factor changed"
    SESSION_ENDED = "session ended", "cause", "sessions"
    SIGNED_IN = "sign-in ok", "factor"
    SIGN_IN_FAILED = "sign-in failed"
    STEPPED_UP = "step-up ok"
    ACCESS_DENIED = "access denied", "permission"

    KEYS_ROTATED = "keys rotated", "key_id", "rows"
    AUDIT_VERIFIED = "audit verified", "events", "faults", "waiting", "places"
    EXPORTED = "export", "what", "rows"
    SETTING_CHANGED = "setting changed", "fields"

    def __new__(cls, name: str, *fields: str) -> Action:
        action = object.__new__(cls)
        action._value_ = name
        action.fields = frozenset(fields)
        return action

    fields: frozenset[str]
