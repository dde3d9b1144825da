"""The filters of the audit log, read from the URL, and what an export holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Length, Optional

from forms.order_lists import UrlForm


class AuditFilterForm(UrlForm):
    """Events by who, what, about what, and on which days of the firm's (both included)."""

    actor = StringField("Actor", validators=[Length(max=80)])
    action = SelectField("Action")
    object = StringField("Order number or reference", validators=[Length(max=64)])
    since = DateField("From", name="from", validators=[Optional()])
    until = DateField("To", name="to", validators=[Optional()])

    def __init__(self, formdata: Any, actions: Iterable[str]) -> None:
        super().__init__(formdata)
        self.action.choices = {"": "Any action"} | {each: each.capitalize() for each in sorted(actions)}

    def chosen(self) -> dict[str, str]:
        """The filters that are set and make sense, by their names in the URL."""
        self.validate()
        told = {field.name: str(field.data or "").strip() for field in self if not field.errors}
        return {name: value for name, value in told.items() if value}


class AuditExportForm(FlaskForm):
    """The days that an export covers; none means all."""

    since = DateField("From", name="from", validators=[Optional()])
    until = DateField("To", name="to", validators=[Optional()])
