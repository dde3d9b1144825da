"""Who may do what: permissions, and the roles that are sets of them (spec section 0).

Reading and changing are separate permissions. Every door names the one it needs, so this page is the whole
of access control; the people page shows the same table.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """One thing that a role may or may not do, in the words the refusal uses."""

    SEE_TODAY = "see today"
    SEE_QUEUE = "see the queue"
    WORK_QUEUE = "work the queue"
    SEE_ORDERS = "see orders"
    CHANGE_ORDERS = "change orders"
    RECORD_PAYMENTS = "record payments"
    SEE_OFFICES = "see offices"
    SEE_SENSITIVE = "see sensitive values"
    SEE_DOCUMENTS = "see documents"
    SEE_MESSAGES = "see messages"
    RESEND_MESSAGES = "resend messages"
    SEE_WALL = "see the wall"
    SEE_JOBS = "see jobs"
    RETRY_JOBS = "retry jobs"
    SEE_AUDIT = "see the audit log"
    VERIFY_AUDIT = "verify the audit log"
    EXPORT_AUDIT = "export the audit log"
    SEE_SETTINGS = "see settings"
    SEE_PEOPLE = "see people"
    CHANGE_PEOPLE = "change people"
    CHANGE_OFFICES = "change offices"
    VERIFY_OFFICES = "verify offices"
    SEE_PATIENTS = "see patients"
    CHANGE_PATIENTS = "change patients"
    CHANGE_SUBSCRIPTIONS = "change subscriptions"
    SEE_CHARGES = "see charges"
    SEE_CHARGE_MAP = "see whom a charge is for"
    CHARGE_ONE_OFFS = "charge one-off services"
    SEE_INVOICES = "see invoices"
    CHANGE_INVOICES = "change invoices"
    SETTLE_INVOICES = "record payments of invoices"
    REFUND = "refund"
    RUN_BILLING = "run the monthly billing"
    SEE_REVENUE = "see revenue"
    CLOSE_MONTHS = "close months"
    SEE_PAYLOADS = "see payloads"
    CHANGE_KEYS = "change API keys"
    MOVE_CLOCK = "move the demo clock"
    SEE_PORTAL = "see the portal"
    PAY = "pay invoices"
    CHANGE_OFFICE_PEOPLE = "change the office's people"
    END_SUBSCRIPTION = "cancel the office's subscription"


class Role(StrEnum):
    """A person's job here. One person has one role; an office's people have an `office_` role."""

    ADMIN = "admin"
    FULFILLMENT = "fulfillment"
    REVIEWER = "reviewer"
    BILLING = "billing"
    COMPLIANCE = "compliance"
    READ_ONLY = "read_only"
    OFFICE_ADMIN = "office_admin"
    OFFICE_MEMBER = "office_member"

    @property
    def is_staff(self) -> bool:
        return self not in OFFICE_ROLES


OFFICE_ROLES = frozenset({Role.OFFICE_ADMIN, Role.OFFICE_MEMBER})

P = Permission
LOOKING = frozenset(
    {
        P.SEE_TODAY,
        P.SEE_QUEUE,
        P.SEE_ORDERS,
        P.SEE_OFFICES,
        P.SEE_MESSAGES,
        P.SEE_WALL,
        P.SEE_JOBS,
        P.SEE_SETTINGS,
        P.SEE_INVOICES,
        P.SEE_CHARGES,
    }
)
PORTAL = frozenset({P.SEE_PORTAL, P.PAY, P.CHANGE_OFFICE_PEOPLE, P.END_SUBSCRIPTION})
BILLING = frozenset(
    {
        P.RECORD_PAYMENTS,
        P.SEE_DOCUMENTS,
        P.RESEND_MESSAGES,
        P.CHANGE_OFFICES,
        P.VERIFY_OFFICES,
        P.SEE_PATIENTS,
        P.CHANGE_PATIENTS,
        P.CHANGE_SUBSCRIPTIONS,
        P.CHARGE_ONE_OFFS,
        P.CHANGE_INVOICES,
        P.SETTLE_INVOICES,
        P.REFUND,
        P.RUN_BILLING,
        P.SEE_REVENUE,
        P.CLOSE_MONTHS,
        P.SEE_PAYLOADS,
    }
)

RIGHTS: Mapping[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission) - PORTAL,
    Role.FULFILLMENT: LOOKING
    | {
        P.WORK_QUEUE,
        P.CHANGE_ORDERS,
        P.RECORD_PAYMENTS,
        P.SEE_SENSITIVE,
        P.SEE_DOCUMENTS,
        P.RESEND_MESSAGES,
        P.RETRY_JOBS,
    },
    Role.REVIEWER: LOOKING | {P.SEE_SENSITIVE, P.SEE_DOCUMENTS},
    Role.BILLING: LOOKING | BILLING,
    Role.COMPLIANCE: LOOKING
    | {
        P.SEE_SENSITIVE,
        P.SEE_DOCUMENTS,
        P.SEE_AUDIT,
        P.VERIFY_AUDIT,
        P.EXPORT_AUDIT,
        P.SEE_PEOPLE,
        P.SEE_PATIENTS,
        P.VERIFY_OFFICES,
        P.SEE_CHARGE_MAP,
        P.SEE_PAYLOADS,
    },
    Role.READ_ONLY: LOOKING,
    Role.OFFICE_ADMIN: PORTAL,
    Role.OFFICE_MEMBER: frozenset({P.SEE_PORTAL, P.PAY}),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a person in this role has this permission now."""
    return permission in RIGHTS[role]
