"""The tables and what is always true of them, one file an aggregate."""

from dashboard.models.audit import AuditEvent, AuditLink, AuditSeal
from dashboard.models.document import Document
from dashboard.models.installation import Installation
from dashboard.models.job import Heartbeat, Job, JobState, Lease, Occurrence
from dashboard.models.message import Channel, Message, MessageState
from dashboard.models.office import Office
from dashboard.models.order import ClientLink, Order, OrderSource, OrderStatus, PaymentStatus
from dashboard.models.person import (
    AccountLink,
    FailedAttempt,
    LinkPurpose,
    RecoveryCode,
    Theme,
    User,
    UserSession,
    UserState,
)
from dashboard.models.todo import (
    BulkAction,
    BulkRow,
    BulkState,
    Priority,
    Todo,
    TodoCategory,
    TodoNote,
    TodoStatus,
)

__all__ = [
    "AccountLink",
    "AuditEvent",
    "AuditLink",
    "AuditSeal",
    "BulkAction",
    "BulkRow",
    "BulkState",
    "Channel",
    "ClientLink",
    "Document",
    "FailedAttempt",
    "Heartbeat",
    "Installation",
    "Job",
    "JobState",
    "Lease",
    "LinkPurpose",
    "Message",
    "MessageState",
    "Occurrence",
    "Office",
    "Order",
    "OrderSource",
    "OrderStatus",
    "PaymentStatus",
    "Priority",
    "RecoveryCode",
    "Theme",
    "Todo",
    "TodoCategory",
    "TodoNote",
    "TodoStatus",
    "User",
    "UserSession",
    "UserState",
]
