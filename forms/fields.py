"""Fields that several forms share."""

from __future__ import annotations

from typing import Any

from wtforms import Field, HiddenField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from dashboard.intake import values

LARGEST_VERSION = 2**31 - 1


class VersionField(HiddenField):
    """The version of the record as it was shown, a whole number; anything else is refused."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            "Version", validators=[InputRequired("Reload the page, then send the form again.")], **named
        )
        self.type = "HiddenField"

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number; a doctored one is an error of this field, not a crash."""
        self.data = None
        text = valuelist[0] if valuelist else ""
        if not (text.isascii() and text.isdecimal() and int(text[:12]) <= LARGEST_VERSION):
            raise ValueError("Reload the page, then send the form again.")
        self.data = int(text)


def reason(label: str, *, needed: str | None = None, limit: int = 500) -> TextAreaField:
    """A few lines of a person's words; `needed` is what to say when they are missing."""
    required = [InputRequired(needed)] if needed else []
    return TextAreaField(label, validators=[*required, Length(max=limit)], render_kw={"rows": 2})


def email_address(form: object, field: Field) -> None:
    """A validator: one email address by the intake's own rule, cleaned of spaces around it."""
    field.data = values.clean(field.data or "")
    try:
        values.email(field.data)
    except values.Refused as error:
        raise ValidationError(str(error)) from None


def tidy(text: str | None) -> str | None:
    """A filter: one line as we keep it, without odd spaces and invisible characters."""
    return " ".join(values.clean(text).split()) if text else text
