"""What the API takes and gives. A field that stands in no schema here is in no answer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from dashboard.catalog import BY_SLUG, Method
from dashboard.models import InvoiceStatus, InvoiceType, ItemType, OfficeStatus, OrderStatus, PaymentStatus
from dashboard.models.run import RunState
from dashboard.web.api.fields import (
    Amount,
    Day,
    Instant,
    Money,
    Text,
    choice,
    day,
    email,
    line,
    reference,
)
from dashboard.web.api.wordings import CHARGEABLE

LONGEST_PAGE = 100
PHONE = r"^\+?[0-9]([ ().-]?[0-9]){6,14}$"
MRN = r"^[A-Za-z0-9][A-Za-z0-9./#-]{0,39}$"
ZONE = r"^[A-Za-z][A-Za-z0-9_+/-]{0,63}$"


def shown(of: type[Any], **metadata: Any) -> Text:
    """A word of a closed list, in an answer."""
    return Text(metadata={"enum": [each.value for each in of], **metadata})


class Invoice(Schema):
    """What an office is asked to pay."""

    invoice_id = reference("invoice")
    number = Text(allow_none=True, metadata={"description": "Given when the invoice is issued."})
    office_id = reference("office")
    billing_period_start = Day()
    billing_period_end = Day(metadata={"description": "The first day after the period."})
    total_amount = Money(metadata={"description": "A draft's grows until its period ends."})
    amount_paid = Money()
    amount_refunded = Money()
    amount_credited = Money()
    currency = Text(metadata={"enum": ["usd"]})
    status = shown(InvoiceStatus)
    invoice_type = shown(InvoiceType)
    stripe_invoice_id = Text(allow_none=True)
    due_date = Day(allow_none=True)
    created_at = Instant()
    updated_at = Instant()


class InvoicePage(Schema):
    """A page of invoices, the newest first."""

    invoices = fields.List(fields.Nested(Invoice))
    next_cursor = Text(
        allow_none=True, metadata={"description": "Send it as `cursor` for the next page; null on the last."}
    )


class InvoiceFilter(Schema):
    """Which invoices to list."""

    status = choice([each.value for each in InvoiceStatus])
    type = choice([each.value for each in InvoiceType])
    period = Text(
        validate=validate.Regexp(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", error="Write a month such as 2026-03."),
        metadata={"description": "The month in which the billing period begins, such as 2026-03."},
    )
    cursor = reference("page", required=False, description="The next_cursor of the page before.")
    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, LONGEST_PAGE, error="Write a number from {min} to {max}."),
        metadata={"description": "How many invoices a page holds."},
    )


class LineItem(Schema):
    """A row on an invoice: total_price = quantity x unit_price."""

    line_item_id = Text(
        allow_none=True,
        metadata={"description": "Null on a draft that still grows: its lines are counted anew."},
    )
    description = Text(metadata={"example": "Patient Activations: 3 @ $2.00 each"})
    quantity = fields.Integer()
    unit_price = Money()
    total_price = Money()
    item_type = shown(ItemType)
    created_at = Instant()


class LineItems(Schema):
    """The rows of an invoice; their total_price adds up to its total_amount."""

    invoice_id = reference("invoice")
    line_items = fields.List(fields.Nested(LineItem))


class PaymentStatusOfInvoice(Schema):
    """How far an invoice is paid."""

    invoice_id = reference("invoice")
    status = shown(InvoiceStatus)
    total_amount = Money()
    amount_paid = Money()
    currency = Text(metadata={"enum": ["usd"]})
    last_synced_at = Instant(
        allow_none=True, metadata={"description": "When the payment provider last told us; null: never."}
    )


class NewPatient(Schema):
    """A patient account of an office. Creating one costs nothing."""

    office_id = reference("office")
    name = line(200, required=True, example="Sample Patient")
    date_of_birth = day()
    email = email(example="patient@example.test")
    phone = Text(
        validate=validate.Regexp(PHONE, error="Write a phone number, such as +1 555 0100."),
        metadata={"example": "+1 555 010 0000"},
    )
    mrn = Text(
        validate=validate.Regexp(MRN, error="Write at most 40 letters, digits and . / # -"),
        metadata={"example": "MRN-0001", "description": "The office's own number of the patient."},
    )


class Patient(Schema):
    """A patient account; who it is stays inside."""

    patient_id = reference("patient")
    office_id = reference("office")
    is_active_for_billing = fields.Boolean()
    activated_at = Instant(allow_none=True)
    deactivated_at = Instant(allow_none=True)
    created_at = Instant()


class Moment(Schema):
    """When something became so."""

    at = Instant(
        metadata={
            "description": "UTC; now where it is left out. Never in the future.",
            "example": "2026-03-02T15:00:00Z",
        }
    )


class Charge(Schema):
    """What one patient costs for one billing period."""

    charge_id = reference("charge")
    amount = Money()
    currency = Text(metadata={"enum": ["usd"]})
    billing_period_start = Day()
    billing_period_end = Day(metadata={"description": "The first day after the period."})
    due_at = Instant(metadata={"description": "When the patient became due for the period."})


class Activity(Schema):
    """What was told of a patient, and what it costs."""

    patient_id = reference("patient")
    is_active_for_billing = fields.Boolean()
    at = Instant()
    charge = fields.Nested(
        Charge, allow_none=True, metadata={"description": "Null where nothing is charged."}
    )


class NewOneOff(Schema):
    """A charge beside the monthly ones. It makes an invoice of its own."""

    office_id = reference("office")
    item = choice(sorted(CHARGEABLE), required=True, description="What for, from a closed list.")
    amount = Amount(required=True, metadata={"example": "25.00"})


class Run(Schema):
    """A monthly run: every billing period that has ended is closed, and the next one opened."""

    run_id = reference("run")
    status = shown(RunState)
    as_of = Instant()
    created_at = Instant()


class Nothing(Schema):
    """A body without fields."""


class Subscription(Schema):
    """An office's plan with us."""

    office_id = reference("office")
    status = shown(OfficeStatus)
    plan_id = reference("plan")
    plan_name = Text()
    next_plan_id = Text(allow_none=True, metadata={"description": "The plan from the next period on."})
    billing_cycle_anchor_date = Day()
    next_anchor_date = Day(allow_none=True)
    time_zone = Text()
    trial_ends_on = Day(allow_none=True)
    started_at = Instant()
    next_period_starts_at = Instant(allow_none=True, metadata={"description": "Null once it is canceled."})


class NewSubscription(Schema):
    """Begin an office's subscription."""

    plan_id = reference("plan")
    billing_cycle_anchor_date = Day(
        required=True,
        metadata={"description": "A local day on which a period begins; in shorter months, the last day."},
    )
    trial_ends_on = Day(metadata={"description": "Until then nothing is charged."})


class SubscriptionChange(Schema):
    """What is to be otherwise from the next period on: at least one of these."""

    plan_id = reference("plan", required=False)
    billing_cycle_anchor_date = Day()
    time_zone = Text(
        validate=validate.Regexp(ZONE, error="Write a zone such as America/New_York."),
        metadata={"description": "An IANA time zone.", "example": "America/Chicago", "code": "UNKNOWN_ZONE"},
    )

    @validates_schema
    def _something(self, told: dict[str, Any], **_: Any) -> None:
        if not told:
            raise ValidationError("Name at least one thing to change.")


class Intake(fields.Field[Any]):
    """The answers, as an object or as a JSON string of one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, str | dict):
            raise ValidationError("Send the intake as an object, or as a JSON string of one.")
        return value


class NewOrder(Schema):
    """An order for one service. It is paid later."""

    service_slug = choice(list(BY_SLUG), required=True, code="UNKNOWN_SERVICE")
    customer_name = line(200, required=True, example="Demo Family Practice")
    customer_email = email(example="office@example.test")
    method = choice([each.value for each in Method], required=True, code="METHOD_NOT_ALLOWED")
    intake_data = Intake(
        required=True,
        metadata={"description": "The answers: an object, or a JSON string of one; the order is the same."},
    )


class Order(Schema):
    """A sold service."""

    order_number = Text()
    service_slug = choice(list(BY_SLUG))
    status = shown(OrderStatus)
    payment_status = shown(PaymentStatus)
    method = choice([each.value for each in Method])
    amount = Money()
    currency = Text(metadata={"enum": ["usd"]})
    intake_incomplete = fields.Boolean(
        metadata={"description": "Whether the NPI, the provider's name or an email is missing."}
    )
    created_at = Instant()


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    type = Text(required=True)
    title = Text(required=True)
    status = fields.Integer(required=True)
    detail = Text(required=True, metadata={"description": "A sentence for people. It may change."})
    code = Text(required=True, metadata={"description": "A stable word for programs."})
    field = Text(metadata={"description": "The input to mend, where there is one."})
    request_id = Text(required=True, metadata={"description": "What our log knows this request by."})
