"""The keys page: a new key for a program."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length

from forms.fields import tidy
from forms.people import ROLE_WORDS

OFFICE = "office"
SCOPES = {OFFICE: "One office"} | {role.value: words for role, words in ROLE_WORDS.items() if role.is_staff}


class KeyForm(FlaskForm):
    """Whose program it is, and what it may: all that one office may, or one role."""

    label = StringField(
        "What it is for",
        filters=[tidy],
        validators=[InputRequired("Say which program will use the key."), Length(max=80)],
        render_kw={"maxlength": 80, "autocomplete": "off"},
    )
    scope = SelectField("What it may do", choices=SCOPES, default=OFFICE)
    office = StringField(
        "Office's code",
        filters=[tidy],
        validators=[Length(max=12)],
        description="Only for the key of an office: the short code on its page.",
        render_kw={"maxlength": 12, "autocomplete": "off"},
    )

    def validate_office(self, field: StringField) -> None:
        """An office's key needs its office; another one must not look as if it had one."""
        if self.scope.data == OFFICE and not field.data:
            raise ValidationError("Write the office's code.")
        if self.scope.data != OFFICE and field.data:
            raise ValidationError("Leave this empty for the key of a role.")


class RevocationForm(FlaskForm):
    """Revoke one key. It asks nothing."""
