"""Filters of the lists of orders and of messages, read from the URL. What makes no sense there is ignored."""

from __future__ import annotations

from wtforms import Form, SelectField, StringField
from wtforms.validators import Length

from dashboard.catalog import SERVICES

STATUSES = {
    "pending": "Pending",
    "active": "Active",
    "past_due": "Past due",
    "completed": "Completed",
    "canceled": "Canceled",
}
PAYMENTS = {
    "unpaid": "Unpaid",
    "processing": "Processing",
    "paid": "Paid",
    "failed": "Failed",
    "expired": "Expired",
    "partially_refunded": "Partially refunded",
    "refunded": "Refunded",
    "disputed": "Disputed",
}
STATES = {
    "waiting": "Waiting",
    "sending": "Sending",
    "sent": "Sent",
    "failed": "Failed or unknown",
    "canceled": "Canceled",
}
CHANNELS = {"email": "Mail", "chat": "Chat"}
SERVICE_NAMES = {each.slug: each.name for each in SERVICES}


class UrlForm(Form):
    """A form whose fields are parameters of a list's URL."""

    def chosen(self) -> dict[str, str]:
        """The filters that are set and make sense, by name."""
        self.validate()
        told = {field.name: (field.data or "").strip() for field in self if not field.errors}
        return {name: value for name, value in told.items() if value}


class OrderFilterForm(UrlForm):
    """Orders by number, NPI or email, and by how far they are."""

    q = StringField("Search", validators=[Length(max=100)])
    status = SelectField("Status", choices={"": "Any status", **STATUSES})
    payment = SelectField("Payment", choices={"": "Any payment", **PAYMENTS})
    service = SelectField("Service", choices={"": "Any service", **SERVICE_NAMES})


class MessageFilterForm(UrlForm):
    """Messages by how far they are."""

    state = SelectField("State", choices={"": "Any state", **STATES})
    channel = SelectField("Channel", choices={"": "Mail and chat", **CHANNELS})
