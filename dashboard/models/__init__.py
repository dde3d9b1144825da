"""The tables and what is always true of them, one file an aggregate."""

from dashboard.models.audit import AuditEvent, AuditLink, AuditSeal
from dashboard.models.cycle import BillingCycle, Charge, OfficeStatus, StatusChange
from dashboard.models.document import Document
from dashboard.models.installation import Installation
from dashboard.models.invoice import (
    DocumentState,
    Invoice,
    InvoiceLineItem,
    InvoiceStatus,
    InvoiceType,
    ItemType,
    NumberSeries,
    PaymentState,
    VoidReason,
)
from dashboard.models.job import Heartbeat, Job, JobState, Lease, Occurrence
from dashboard.models.message import Channel, Message, MessageState
from dashboard.models.office import Office
from dashboard.models.order import ClientLink, Order, OrderSource, OrderStatus, PaymentStatus
from dashboard.models.patient import (
    ActivityInterval,
    ImportState,
    Patient,
    PatientEvent,
    PatientImport,
    PatientToken,
    Told,
)
from dashboard.models.payment import CreditNote, MoneySource, MoneyState, Payment, Refund, RefundReason
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
from dashboard.models.plan import Plan, PriceVersion
from dashboard.models.program import ApiKey, IdempotentAnswer, SentLetter
from dashboard.models.revenue import ClosedMonth, Dunning, DunningState, RevenueEntry
from dashboard.models.run import MonthlyRun, ParkedOffice, RunState
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
    "ActivityInterval",
    "ApiKey",
    "AuditEvent",
    "AuditLink",
    "AuditSeal",
    "BillingCycle",
    "BulkAction",
    "BulkRow",
    "BulkState",
    "Channel",
    "Charge",
    "ClientLink",
    "ClosedMonth",
    "CreditNote",
    "Document",
    "DocumentState",
    "Dunning",
    "DunningState",
    "FailedAttempt",
    "Heartbeat",
    "IdempotentAnswer",
    "ImportState",
    "Installation",
    "Invoice",
    "InvoiceLineItem",
    "InvoiceStatus",
    "InvoiceType",
    "ItemType",
    "Job",
    "JobState",
    "Lease",
    "LinkPurpose",
    "Message",
    "MessageState",
    "MoneySource",
    "MoneyState",
    "MonthlyRun",
    "NumberSeries",
    "Occurrence",
    "Office",
    "OfficeStatus",
    "Order",
    "OrderSource",
    "OrderStatus",
    "ParkedOffice",
    "Patient",
    "PatientEvent",
    "PatientImport",
    "PatientToken",
    "Payment",
    "PaymentState",
    "PaymentStatus",
    "Plan",
    "PriceVersion",
    "Priority",
    "RecoveryCode",
    "Refund",
    "RefundReason",
    "RevenueEntry",
    "RunState",
    "SentLetter",
    "StatusChange",
    "Theme",
    "Todo",
    "TodoCategory",
    "TodoNote",
    "TodoStatus",
    "Told",
    "User",
    "UserSession",
    "UserState",
    "VoidReason",
]
