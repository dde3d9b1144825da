"""Forms around an order: ordering, entering by hand, paying, canceling, completing the answers."""

from __future__ import annotations

from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from dashboard import intake
from dashboard.catalog import SERVICES, Method, Service
from dashboard.intake import SurrogateAccess
from forms.answers import AnswersForm, choices
from forms.fields import VersionField, email_address, reason, tidy

METHODS = {Method.CARD: "Card", Method.ACH: "Bank account (ACH)"}
CANCEL_CAUSES = {
    "client_request": "The client asked for it",
    "not_paid": "It was never paid",
    "duplicate": "The same order exists twice",
    "entered_by_mistake": "It was entered by mistake",
    "cannot_be_done": "We cannot do it",
}


def methods(service: Service) -> dict[str, str]:
    """The ways to pay that a service allows, with their words."""
    return {method.value: METHODS[method] for method in service.allowed_methods}


class OrderForm(AnswersForm):
    """A visitor orders one service; `entry_key` makes sending it twice one order.

    Whether the method is allowed is the order's own rule (CHK-03), so the form takes any.
    """

    entry_key = HiddenField(
        validators=[InputRequired("Reload the page, then send the form again."), Length(max=64)]
    )
    customer_name = StringField(
        "Your name or practice",
        validators=[DataRequired("Tell us whom the order is for."), Length(max=200)],
        filters=[tidy],
        render_kw={"autocomplete": "organization", "maxlength": 200},
    )
    customer_email = StringField(
        "Your email",
        validators=[InputRequired("Tell us where to write to."), Length(max=254), email_address],
        description="The confirmation and the link to your order go here.",
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    method = RadioField(
        "How you would like to pay",
        validators=[InputRequired("Choose how you would like to pay.")],
        validate_choice=False,
    )

    def __iter__(self) -> Iterator[Field]:
        """The fields in the order of the page: who orders, the answers, the payment."""
        return iter(sorted(super().__iter__(), key=lambda field: not field.name.startswith("customer_")))

    def ask(self, service: Service) -> None:
        """Offer what this service asks and allows, and nothing else."""
        super().ask(service)
        self.method.choices = methods(service)


class StaffWords:
    """Questions as staff are asked them, about the client. Stands before the form that it rewords."""

    email = StringField(
        "Email for questions about this work",
        description="Leave it empty if it is the client's.",
        render_kw={"type": "email", "autocomplete": "off", "maxlength": 254},
    )
    surrogate_access = RadioField(
        "Surrogate access",
        description="Granted by the client in their CMS account; then it is filed online, the faster way.",
        choices=choices(SurrogateAccess),
        default=SurrogateAccess.UNDECIDED.value,
    )


class StaffOrderForm(StaffWords, OrderForm):
    """Staff enter an order by hand, paid offline with a note or to be paid later."""

    customer_email = StringField(
        "Client's email",
        validators=[Optional(), Length(max=254), email_address],
        description="Without it we cannot mail the client anything.",
        render_kw={"type": "email", "maxlength": 254, "autocomplete": "off"},
    )
    customer_name = StringField(
        "Client",
        validators=[DataRequired("Name the client or the practice."), Length(max=200)],
        filters=[tidy],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    method = RadioField(
        "Method", validators=[InputRequired("Choose how it is or will be paid.")], validate_choice=False
    )
    office_id = SelectField("Office", coerce=int, choices={0: "No office"}, default=0)
    paid = BooleanField("Paid offline already", description="Starts the work at once.")
    payment_note = reason("How it was paid", limit=1000)

    def validate_payment_note(self, field: StringField) -> None:
        """Money that nobody can trace is refused."""
        if self.paid.data and not (field.data or "").strip():
            raise ValidationError("Say how it was paid, such as a check number.")


class ServiceForm(FlaskForm):
    """Which service to enter an order for."""

    class Meta:
        csrf = False

    service = SelectField("Service", choices={each.slug: each.name for each in SERVICES})


class PaymentForm(FlaskForm):
    """Staff record a payment that came outside Stripe; it starts the work."""

    version = VersionField()
    method = RadioField("Paid by", validators=[InputRequired("Choose how it was paid.")])
    paid_on = DateField("Received on", validators=[Optional()], description="Leave it empty for today.")
    payment_note = reason("Note", needed="Say how it was paid, such as a check number.", limit=1000)

    def ask(self, service: Service) -> None:
        """Offer the methods that the service allows."""
        self.method.choices = methods(service)


class CancelOrderForm(FlaskForm):
    """Cancel an order, with its cause."""

    version = VersionField()
    cause = SelectField("Why", choices=CANCEL_CAUSES)
    sure = BooleanField(
        "Cancel this order; open work on it stops",
        validators=[InputRequired("Tick this to cancel the order.")],
    )


class MissingAnswersForm(AnswersForm):
    """What an order's client has not answered yet, behind the order's link."""

    def keep_open(self, given: intake.Intake) -> None:
        """Leave out what is answered, unless what was sent answers it too: nothing typed is lost."""
        nothing = intake.Intake()
        answered = {name for name in intake.LABELS if getattr(given, name) != getattr(nothing, name)}
        self.leave_out(name for name in answered if name in self and not self[name].raw_data)
        if "roster" not in self:
            self.leave_out(["roster_file"])


class CompletionForm(StaffWords, AnswersForm):
    """All answers of an order again, for staff; saved only over the version that was shown."""

    version = VersionField()


class LinkForm(FlaskForm):
    """Mail the client a new link, to the address the order already has. It asks nothing."""
