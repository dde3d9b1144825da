"""Forms of what happens to an invoice's money later: it bounces, is disputed, activations are given back."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from forms.billing import InvoiceForm, key_field

OPENED = {"opened": "The bank opened a dispute"}
ENDED = {"won": "We won: the money stays", "lost": "We lost: the money is gone"}


class BouncedForm(InvoiceForm):
    """A payment that the bank took back. Its choices are the invoice's payments, by number."""

    payment = SelectField("Which payment", coerce=int, validate_choice=False)
    sure = BooleanField(
        "The bank took it back; the invoice is open again",
        validators=[InputRequired("Tick this to take the payment back.")],
    )


class DisputeForm(InvoiceForm):
    """What the bank says of a dispute."""

    what = SelectField("What happened", choices=OPENED | ENDED)


class ActivationsForm(InvoiceForm):
    """So many activations of the invoice's month."""

    key = key_field()
    count = IntegerField("How many", validators=[NumberRange(1, 1_000_000, "Type how many, at least 1.")])
