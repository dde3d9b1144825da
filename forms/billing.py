"""Forms of invoices, charges and runs: filters, amounts, reasons."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from dashboard.outbound import Wording
from forms.fields import VersionField, reason, tidy
from forms.order_lists import UrlForm

TYPES = {"monthly": "Monthly", "setup_fee": "Setup fee", "one_off": "One-off"}
TABS = {
    "review": "To review",
    "draft": "Draft",
    "sent": "Sent",
    "overdue": "Overdue",
    "paid": "Paid",
    "failed": "Failed",
    "canceled": "Canceled",
    "all": "All",
}
AGES = {
    "current": "Not due yet",
    "30": "1 to 30 days late",
    "60": "31 to 60 days late",
    "90": "61 to 90 days late",
    "older": "More than 90 days late",
}


class InvoiceFilterForm(UrlForm):
    """Invoices by tab, age, type, and by number or office."""

    tab = HiddenField("Tab")
    office = HiddenField("Office")
    q = StringField("Search", validators=[Length(max=40)])
    age = SelectField("Age", choices={"": "Any age", **AGES})
    type = SelectField("Type", choices={"": "Any type", **TYPES})

    def validate_tab(self, field: HiddenField) -> None:
        if field.data and field.data not in TABS:
            field.errors = ["unknown"]
            field.data = ""


WORDINGS = {each.value: each.value for each in Wording if each is not Wording.PATIENT_ACTIVATIONS}
SETUP_OR_ONE_OFF = {value: words for value, words in TYPES.items() if value != "monthly"}
REFUND_REASONS = {
    "requested_by_customer": "The office asked for it",
    "billing_error": "We billed it wrongly",
    "duplicate": "It was billed or paid twice",
    "not_delivered": "It was not delivered",
}
VOID_REASONS = {
    "wrong_amount": "The amount is wrong",
    "wrong_office": "It is for another office",
    "duplicate": "The same invoice exists twice",
    "not_delivered": "What it is for was not delivered",
    "written_off": "It is written off",
}
METHODS = {"check": "Check", "wire": "Wire"}


def amount_field(label: str = "Amount in dollars", **named: Any) -> StringField:
    """Dollars with two decimals; the domain reads it, so that all say the same of a wrong one."""
    typing = {"inputmode": "decimal", "maxlength": 16, "autocomplete": "off"}
    return StringField(
        label, validators=[InputRequired("Type an amount, such as 12.50.")], render_kw=typing, **named
    )


def key_field() -> HiddenField:
    """The one-time key that makes a double submit one act."""
    return HiddenField(
        validators=[InputRequired("Reload the page, then send the form again."), Length(max=64)]
    )


class InvoiceForm(FlaskForm):
    """One button; saved only over the version that was shown."""

    version = VersionField()


class ReturnForm(InvoiceForm):
    reason = reason("What is to be put right", needed="Say what is to be put right.")


class LineForm(InvoiceForm):
    """An adjustment or a credit. A credit is typed as what it takes off."""

    key = key_field()
    wording = SelectField("What", choices=WORDINGS)
    amount = amount_field(description="A credit takes this off, everything else adds it.")
    month = DateField(
        "Month of service", validators=[Optional()], description="Any day of it. Leave it empty for none."
    )


class VoidForm(InvoiceForm):
    reason = SelectField("Why", choices=VOID_REASONS)
    reissue = BooleanField("Draft it again with the same lines, to be reviewed")
    sure = BooleanField(
        "Void this invoice; it keeps its number",
        validators=[InputRequired("Tick this to void the invoice.")],
    )


class CreditForm(InvoiceForm):
    key = key_field()
    amount = amount_field()
    reason = SelectField("Why", choices=REFUND_REASONS)


class RefundForm(CreditForm):
    """The same, of what was paid."""


class OfflinePaymentForm(InvoiceForm):
    """A check or a wire."""

    key = key_field()
    amount = amount_field()
    method = SelectField("Paid by", choices=METHODS)
    received_on = DateField("Received on", validators=[InputRequired("Give the day it came in.")])
    reference = StringField(
        "Number of the check or wire",
        filters=[tidy],
        validators=[InputRequired("Give the number of the check or the wire."), Length(max=80)],
    )


class ChosenForm(FlaskForm):
    """Invoices that were ticked in a list."""

    invoice = SelectMultipleField("Invoices", coerce=int, validate_choice=False)


class OneOffForm(FlaskForm):
    """Something charged once."""

    key = key_field()
    kind = SelectField("Kind", choices=SETUP_OR_ONE_OFF)
    wording = SelectField("What", choices={name: name for name in WORDINGS if name != Wording.CREDIT.value})
    amount = amount_field()
    memo = reason("Note, which stays inside")


class ChargeFilterForm(UrlForm):
    """The ledger by office, month and kind."""

    office = StringField("Office", filters=[tidy], validators=[Length(max=12)])
    cycle = SelectField("Month", choices={"": "Every month"})
    kind = SelectField(
        "Kind",
        choices={"": "Any kind", "charge": "Charged", "credit": "Taken back", "late": "Told late"},
    )


CLOCK_STEPS = {"hours": "Hours", "days": "Days", "month": "To the first of the next month"}


class ClockForm(FlaskForm):
    """Move the demo's clock forward."""

    unit = SelectField("Forward by", choices=CLOCK_STEPS)
    count = IntegerField("How many", default=1, validators=[NumberRange(1, 400, "Type 1 to 400.")])


class PromiseForm(FlaskForm):
    """By when the office said that it would pay."""

    promised_on = DateField("Promised on", validators=[InputRequired("Choose the day.")])


class CloseMonthForm(FlaskForm):
    """A month whose figures are to stand for good."""

    month = HiddenField(validators=[InputRequired(), Length(max=7)])
    sure = BooleanField(
        "Its figures are right and shall never change", validators=[InputRequired("Tick this first.")]
    )
