"""Forms about patients: who they are, from when on they are active, moving, erasing, many at once."""

from __future__ import annotations

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    EmailField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional

from forms.fields import VersionField, email_address, tidy
from forms.order_lists import UrlForm

STATES = {"active": "Active", "inactive": "Not active", "erased": "Erased"}
QUIET = {"autocomplete": "off", "spellcheck": "false"}


class PatientFilterForm(UrlForm):
    """Patients by whether they are active. A name is never part of an address."""

    state = SelectField("State", choices={"": "All patients", **STATES})


class PatientSearchForm(FlaskForm):
    """A name, or an MRN. It is posted: addresses are kept in too many places."""

    name = StringField(
        "Name or MRN",
        filters=[tidy],
        validators=[InputRequired("Type part of a name, or an MRN."), Length(min=2, max=100)],
        render_kw={**QUIET, "type": "search"},
    )


class PatientForm(FlaskForm):
    """Who a patient is. Adding one costs nothing."""

    name = StringField(
        "Name",
        filters=[tidy],
        validators=[InputRequired("Type the patient's name."), Length(max=200)],
        render_kw={**QUIET, "maxlength": 200},
    )
    date_of_birth = DateField("Date of birth", validators=[Optional()])
    mrn = StringField("MRN", filters=[tidy], validators=[Length(max=64)], render_kw=QUIET)
    email = EmailField(
        "Email", filters=[tidy], validators=[Optional(), Length(max=254), email_address], render_kw=QUIET
    )
    phone = StringField("Phone", filters=[tidy], validators=[Length(max=40)], render_kw=QUIET)


class PatientChangeForm(PatientForm):
    version = VersionField()


class ActivityForm(FlaskForm):
    """From when on a patient is active, or no longer."""

    at = DateTimeLocalField(
        "From",
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        validators=[Optional()],
        description="The office's own time. Leave it empty for now.",
    )


class MoveForm(FlaskForm):
    """To another office; both charge this month."""

    version = VersionField()
    office = SelectField("To office", coerce=int)


class ErasureForm(FlaskForm):
    """The identity goes, the charges stay. There is no way back."""

    version = VersionField()
    sure = BooleanField(
        "Destroy name, date of birth, contacts and MRN for good",
        validators=[InputRequired("Tick this to erase the patient.")],
    )


class ImportForm(FlaskForm):
    """Many patients from a file."""

    file = FileField(
        "CSV file", validators=[FileRequired("Choose a file.")], render_kw={"accept": ".csv,text/csv"}
    )
    all_or_nothing = BooleanField("Add nothing unless every line is right", default=True)
