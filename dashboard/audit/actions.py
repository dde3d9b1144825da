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
