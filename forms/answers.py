"""The questions of an intake as form fields. What an answer may be is said by `dashboard.intake` alone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length

from dashboard import intake
from dashboard.catalog import Service
from dashboard.intake import CHOICE_LABELS, LABELS, Deactivated, EntityKind, FilingReason, SurrogateAccess
from dashboard.intake.states import NAMES as STATES

MOST_CSV_BYTES = 150_000


def choices(kind: type[StrEnum], blank: str = "") -> dict[str, str]:
    """The choices of a closed list with their words; `blank` is the words for no answer."""
    return ({"": blank} if blank else {}) | {each.value: CHOICE_LABELS[each] for each in kind}


class AnswersForm(FlaskForm):
    """Every question an intake can hold; `ask` keeps those of one service."""

    npi = StringField(
        LABELS["npi"],
        description="10 digits. You can add it later if it is not at hand.",
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": 20, "spellcheck": "false"},
    )
    provider_name = StringField(
        "Provider name", description="As it stands on the NPPES record.", render_kw={"maxlength": 200}
    )
    email = StringField(
        "Email for questions about this work",
        description="Leave it empty if it is the same as yours.",
        render_kw={"type": "email", "autocomplete": "email", "maxlength": 254},
    )
    deactivated = SelectField(LABELS["deactivated"], choices=choices(Deactivated, "I do not know"))
    change_date = DateField(
        LABELS["change_date"],
        format=["%Y-%m-%d", "%m/%d/%Y"],
        description="The day from which the new data holds.",
    )
    changes = TextAreaField(
        LABELS["changes"],
        description="For example a new practice address. No Social Security numbers here, please.",
        validators=[Length(max=4000)],
        render_kw={"rows": 4},
    )
    entity_kind = SelectField(LABELS["entity_kind"], choices=choices(EntityKind, "Not sure"))
    pecos_enrollment_id = StringField(
        LABELS["pecos_enrollment_id"], description="If known.", render_kw={"maxlength": 20}
    )
    specialty = StringField(LABELS["specialty"], description="If known.", render_kw={"maxlength": 120})
    practice_state = SelectField(LABELS["practice_state"], choices={"": "Choose a state"} | STATES)
    surrogate_access = RadioField(
        "May we file online in your name?",
        description="You grant it once in your CMS account. It is the faster way; we show you how.",
        choices=choices(SurrogateAccess),
        default=SurrogateAccess.UNDECIDED.value,
    )
    filing_reason = SelectField(LABELS["filing_reason"], choices=choices(FilingReason, "Not sure"))
    roster = TextAreaField(
        LABELS["roster"],
        description=(
            "One person a line: name, other names (split by ;), NPI, date of birth. Only the name is needed."
        ),
        render_kw={"rows": 5, "spellcheck": "false"},
    )
    roster_file = FileField(
        "Or a CSV file of the staff", description="The same columns; headings are welcome."
    )

    def ask(self, service: Service) -> None:
        """Leave out what this service does not ask."""
        asked = set(intake.asked(service))
        self.leave_out(name for name in intake.LABELS if name not in asked)
        if "roster" not in asked:
            self.leave_out(["roster_file"])

    def leave_out(self, names: Iterable[str]) -> None:
        """Drop these questions."""
        for name in list(names):
            if name in self:
                del self[name]

    def answers(self) -> list[Any]:
        """The questions left, in their order on the page."""
        return [field for field in self if field.name in intake.LABELS or field.name == "roster_file"]

    def given(self) -> dict[str, Any]:
        """What was typed, as texts for `intake.parse`."""
        return {name: self.typed(name) for name in intake.LABELS if name in self}

    def typed(self, name: str) -> str:
        """The raw text of a field, which may be no date or no choice at all."""
        raw = self[name].raw_data
        return str(raw[0]) if raw else str(self[name].data or "")

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields and the answers together; every problem stands at its field."""
        refused = self.take_file()
        super().validate(extra_validators)
        for name in intake.LABELS:
            if name in self:
                self[name].errors = []
        for problem in intake.parse(self.given()).problems:
            self[problem.field].errors.append(problem.message)
        if refused:
            self.roster_file.errors = [refused]
        return not self.errors

    def take_file(self) -> str:
        """Move an uploaded list into the text field, where it survives other errors; why not, if not."""
        upload = self.roster_file.data if "roster_file" in self else None
        if not upload:
            return ""
        body = upload.read(MOST_CSV_BYTES + 1)
        if len(body) > MOST_CSV_BYTES:
            return f"The file is longer than {MOST_CSV_BYTES // 1000} KB. Split it."
        if self.typed("roster").strip():
            return "Use the lines above or a file, not both."
        self.roster.data = decoded(body)
        self.roster.raw_data = [self.roster.data]
        return ""


def decoded(body: bytes) -> str:
    """The text of a CSV file as spreadsheets save it: UTF-8, else the Windows code page."""
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", "replace")
