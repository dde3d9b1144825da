"""Forms about offices: the list's filters, what an office is called, and its subscription."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from dashboard import zones
from forms.fields import VersionField, email_address, tidy
from forms.order_lists import UrlForm

STATUSES = {
    "active": "Active",
    "trialing": "Trialing",
    "past_due": "Past due",
    "canceled": "Canceled",
    "inactive": "Inactive",
    "none": "No subscription",
}
NEEDS = {"parked": "Parked by a run", "verification": "Not verified"}


class OfficeFilterForm(UrlForm):
    """Offices by code or name, by status, and by what they wait for."""

    q = StringField("Search", validators=[Length(max=100)])
    status = SelectField("Status", choices={"": "Any status", **STATUSES})
    needs = SelectField("Needs", choices={"": "All offices", **NEEDS})


def known_zone(form: object, field: Field) -> None:
    """A validator: a time zone by its IANA name."""
    if field.data not in zones.known():
        raise ValidationError(zones.refusal(field.data))


def zone_field(label: str = "Time zone") -> StringField:
    return StringField(
        label,
        filters=[tidy],
        validators=[InputRequired("Say where the office's days begin."), Length(max=64), known_zone],
        description="An IANA name, such as America/New_York: the office's months begin at midnight there.",
        render_kw={"maxlength": 64, "list": "zones", "autocomplete": "off", "spellcheck": "false"},
    )


class OfficeForm(FlaskForm):
    """What an office is called and where its bills go."""

    name = StringField(
        "Name",
        filters=[tidy],
        validators=[InputRequired("Type the practice's name."), Length(max=200)],
        render_kw={"maxlength": 200},
    )
    billing_email = EmailField(
        "Billing email",
        validators=[Optional(), Length(max=254), email_address],
        render_kw={"maxlength": 254},
    )
    billing_address = TextAreaField(
        "Billing address", validators=[Length(max=500)], render_kw={"rows": 3, "maxlength": 500}
    )


class NewOfficeForm(OfficeForm):
    """A new office. Its zone is changed later only with its billing in view."""

    time_zone = zone_field()


class OfficeChangeForm(OfficeForm):
    version = VersionField()


class VersionForm(FlaskForm):
    """One button; saved only over the version that was shown."""

    version = VersionField()


class StartForm(VersionForm):
    """A subscription begins."""

    plan = SelectField("Plan", coerce=int)
    anchor = DateField(
        "First month begins on",
        validators=[InputRequired("Choose the day on which the office's months begin.")],
        description="The office's months begin on this day. It may lie in the past.",
    )
    trial_ends_on = DateField(
        "Trial until",
        validators=[Optional()],
        description="Leave it empty for none. Charged from the month that begins on or after it.",
    )


class PlanForm(VersionForm):
    plan = SelectField("Plan from the next month on", coerce=int)


class AnchorForm(VersionForm):
    anchor = DateField(
        "New first day",
        validators=[InputRequired("Choose a day.")],
        description="Holds when the running month ends; one short month lies between, which carries nobody.",
    )


class ZoneForm(VersionForm):
    time_zone = zone_field("New time zone")


class CancelSubscriptionForm(VersionForm):
    sure = BooleanField(
        "Cancel at the end of the running month",
        validators=[InputRequired("Tick this to cancel the subscription.")],
    )


PROVIDER_IDS = {
    "payment_provider_customer_id": "Customer (cus_…)",
    "payment_provider_subscription_id": "Subscription (sub_…)",
}


class ProviderIdForm(VersionForm):
    """What the payment provider calls the office. It is shown masked once it is saved."""

    which = SelectField("Which", choices=PROVIDER_IDS)
    value = StringField(
        "Id",
        filters=[tidy],
        validators=[Length(max=255)],
        description="Leave it empty to take it away.",
        render_kw={"autocomplete": "off", "spellcheck": "false", "maxlength": 255},
    )


class VerificationForm(VersionForm):
    """A second person's word that name and email may leave for the payment provider."""

    checked = BooleanField(
        "I checked both, and neither names a patient",
        validators=[InputRequired("Check both first, then tick this.")],
    )
