"""Signing in, accounts and the profile: fields and words. What a good password is, the domain says."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from dashboard.rights import Role
from forms.fields import VersionField, email_address, tidy

ROLE_WORDS = {
    Role.ADMIN: "Administrator: people, roles, settings, and all below",
    Role.FULFILLMENT: "Fulfillment: the queue, orders, intake, filings",
    Role.REVIEWER: "Reviewer: approves or returns filings",
    Role.BILLING: "Billing: offices, charges, invoices, payments",
    Role.COMPLIANCE: "Compliance: incidents, audit log, policies",
    Role.READ_ONLY: "Read only: looks, never changes",
}
STAFF_ROLES = {role.value: words for role, words in ROLE_WORDS.items() if role.is_staff}
THEMES = {"system": "As the system has it", "light": "Light", "dark": "Dark"}
LONGEST_PASSWORD = 1000


def password(label: str, *, is_new: bool = False, needed: str = "Type your password.") -> PasswordField:
    """A password; browsers are told whether to fill it in or to suggest one."""
    told = {"autocomplete": "new-password" if is_new else "current-password", "maxlength": LONGEST_PASSWORD}
    return PasswordField(
        label, validators=[InputRequired(needed), Length(max=LONGEST_PASSWORD)], render_kw=told
    )


def again(label: str = "The same once more") -> PasswordField:
    """The second typing of a new password."""
    return PasswordField(
        label,
        validators=[EqualTo("password", "The two differ. Type both again.")],
        render_kw={"autocomplete": "new-password", "maxlength": LONGEST_PASSWORD},
    )


def code(label: str, needed: str = "Type the six digits that your app shows.") -> StringField:
    """A code of the app, or a recovery code."""
    typing = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    return StringField(label, validators=[InputRequired(needed), Length(max=60)], render_kw=typing)


class ReturningForm(FlaskForm):
    """What the person wanted when they were asked to sign in: a page, and what they had typed there."""

    next = HiddenField()
    kept = HiddenField()


class SignInForm(ReturningForm):
    email = EmailField(
        "Email",
        filters=[tidy],
        validators=[InputRequired("Type your email address."), Length(max=254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = password("Password")


class SecondStepForm(ReturningForm):
    code = code("Code from your app")


class StepUpForm(ReturningForm):
    proof = PasswordField(
        "Password, or code from your app",
        validators=[InputRequired("Type your password or a code."), Length(max=LONGEST_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )


class AddressForm(FlaskForm):
    """Whose password is to be reset."""

    email = EmailField(
        "Email",
        validators=[InputRequired("Type your email address."), email_address],
        render_kw={"autocomplete": "username"},
    )


class NewPasswordForm(FlaskForm):
    password = password("New password", is_new=True, needed="Choose a password.")
    again = again()


class ChangePasswordForm(NewPasswordForm):
    current = password("Present password")


class SecondFactorForm(FlaskForm):
    """A code of the app that was just set up. `secret` comes back as it was given, signed."""

    secret = HiddenField(validators=[InputRequired("Reload the page, then scan the new code.")])
    code = code("Code that the app shows now")


class AcceptanceForm(SecondFactorForm):
    """An invitation accepted: a password, and an app for the second factor."""

    password = password("Choose a password", is_new=True, needed="Choose a password.")
    again = again()


class InvitationForm(FlaskForm):
    name = StringField(
        "Name", filters=[tidy], validators=[InputRequired("Type the person's name."), Length(max=120)]
    )
    email = EmailField("Email", validators=[InputRequired("Type the person's address."), email_address])
    role = SelectField("Role", choices=STAFF_ROLES, default=Role.READ_ONLY.value)


class RoleForm(FlaskForm):
    version = VersionField()
    role = SelectField("Role", choices=STAFF_ROLES)


class PreferencesForm(FlaskForm):
    """How pages look and behave for this person."""

    theme = SelectField("Theme", choices=THEMES, render_kw={"data-theme": True})
    comfortable = BooleanField("Comfortable rows, with more space")
    shortcuts = BooleanField("Single-key shortcuts (press ? for the list)")
