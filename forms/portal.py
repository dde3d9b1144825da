"""Forms of the portal: inviting colleagues, their roles, canceling the subscription."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from dashboard.rights import Role
from forms.fields import VersionField, email_address, tidy

OFFICE_ROLES = {
    Role.OFFICE_MEMBER.value: "Member: looks and pays",
    Role.OFFICE_ADMIN.value: "Administrator: also people and the subscription",
}


class ColleagueForm(FlaskForm):
    """Somebody of the office who is to have an account."""

    name = StringField(
        "Name", filters=[tidy], validators=[InputRequired("Type the person's name."), Length(max=120)]
    )
    email = EmailField("Email", validators=[InputRequired("Type the person's address."), email_address])
    role = SelectField("Role", choices=OFFICE_ROLES, default=Role.OFFICE_MEMBER.value)


class OfficeRoleForm(FlaskForm):
    version = VersionField()
    role = SelectField("Role", choices=OFFICE_ROLES)


class CancellationForm(FlaskForm):
    """An administrator's word that the subscription is to end."""

    version = VersionField()
    sure = BooleanField(
        "Yes, cancel the subscription", validators=[InputRequired("Tick this to cancel the subscription.")]
    )
