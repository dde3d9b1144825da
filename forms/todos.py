"""Forms of the queue and of one todo."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, Optional

from dashboard.catalog import SERVICES
from forms.fields import VersionField, reason
from forms.remembered import RememberedSelect

VIEWS = ("my", "unclaimed", "overdue", "signature", "open", "all")
OPEN_STATUSES = {"pending": "Pending", "in_progress": "In progress", "waiting": "Waiting"}
STATUSES = OPEN_STATUSES | {"done": "Done", "canceled": "Canceled"}
PRIORITIES = {"high": "High", "normal": "Normal"}
NAMES = {service.slug: service.name for service in SERVICES}
DUES = {"overdue": "Overdue", "today": "Due today", "week": "Due in 7 days"}
AGES = {"day": "Older than a day", "week": "Older than a week", "month": "Older than 30 days"}
SORTS = {"due": "Due first", "newest": "Newest first", "oldest": "Oldest first", "priority": "High first"}
ACTIONS = {
    "claim": "Claim",
    "assign": "Assign",
    "status": "Set status",
    "priority": "Set priority",
    "due": "Set due date",
}
MOST_ROWS = 500
People = Iterable[tuple[int, str]]


def whom(people: People) -> dict[str, str]:
    """The names of people by their ids, as choices."""
    return {str(id): name for id, name in people}


class FilterForm(Form):
    """The queue's filters, read from the URL; what makes no sense there is ignored, never an error page."""

    view = HiddenField()
    q = StringField("Search", validators=[Length(max=100)])
    status = RememberedSelect("Status", choices={"": "Any status"} | STATUSES)
    priority = RememberedSelect("Priority", choices={"": "Any priority"} | PRIORITIES)
    service = RememberedSelect("Service", choices={"": "Any service"} | NAMES)
    assignee = RememberedSelect("Assignee")
    due = RememberedSelect("Due", choices={"": "Any due date"} | DUES)
    age = RememberedSelect("Age", choices={"": "Any age"} | AGES)
    sort = RememberedSelect("Sort", choices=SORTS, default="due")

    def __init__(self, formdata: Any = None, *, people: People = (), **named: Any) -> None:
        super().__init__(formdata, **named)
        self.assignee.choices = {"": "Anybody", "me": "Me", "nobody": "Nobody"} | whom(people)

    def chosen(self) -> dict[str, str]:
        """The filters that are set and make sense, by name."""
        self.validate()
        told = {field.name: (field.data or "").strip() for field in self if not field.errors}
        if told.get("view") not in VIEWS:
            told.pop("view", None)
        return {name: value for name, value in told.items() if value}


class TodoForm(FlaskForm):
    """The right-hand side of a todo; saved only over the version that was shown."""

    version = VersionField()
    status = SelectField("Status", choices=OPEN_STATUSES)
    priority = SelectField("Priority", choices=PRIORITIES)
    due_date = DateField("Due", validators=[InputRequired("Give a day on which it is due.")])
    assignee = SelectField("Assignee", choices={"": "Nobody"}, default="")

    def among(self, people: People) -> None:
        """Offer these people."""
        self.assignee.choices = {"": "Nobody"} | whom(people)


class NoteForm(FlaskForm):
    """A note in the timeline, plain text."""

    text = TextAreaField(
        "Note", validators=[InputRequired("Write the note first."), Length(max=4000)], render_kw={"rows": 3}
    )


class ChecklistForm(FlaskForm):
    """The ticked items of a checklist, by key."""

    version = VersionField()
    item = SelectMultipleField("Done", validate_choice=False)


class DoneForm(FlaskForm):
    """Complete a todo: with the agency's tracking id where it was filed online, or with a reason."""

    version = VersionField()
    tracking_id = StringField(
        "Agency tracking ID",
        validators=[Optional(), Length(max=80)],
        description="As PECOS or NPPES shows it after submitting.",
        render_kw={"maxlength": 80, "autocomplete": "off", "spellcheck": "false"},
    )
    reason = reason("Reason, if there is none")


class CancelForm(FlaskForm):
    """Cancel a todo, with a reason."""

    version = VersionField()
    reason = reason("Why it is canceled", needed="Say why it is canceled.")


class ReopenForm(FlaskForm):
    """Open a finished todo again."""

    version = VersionField()
    reason = reason("Why it is opened again")


class TakeOverForm(FlaskForm):
    """Take a todo over from the person who claimed it."""

    reason = reason("Why you take it over", needed="Say why you take it over.")


class BulkForm(FlaskForm):
    """One action on the selected todos, or on all that match the filter."""

    key = HiddenField(validators=[InputRequired("Reload the list, then choose again."), Length(max=64)])
    todo = SelectMultipleField("Todos", coerce=int, validate_choice=False, validators=[Length(max=MOST_ROWS)])
    all_matching = BooleanField("All that match")
    query = HiddenField(validators=[Length(max=2000)])
    action = SelectField("Action", choices=ACTIONS)
    assignee = SelectField("Assignee", choices={"": "Nobody"}, default="")
    status = SelectField("Status", choices={"": "Status"} | OPEN_STATUSES, default="")
    priority = SelectField("Priority", choices={"": "Priority"} | PRIORITIES, default="")
    due_date = DateField("Due", validators=[Optional()])

    def among(self, people: People) -> None:
        """Offer these people."""
        self.assignee.choices = {"": "Nobody"} | whom(people)

    def validate_todo(self, field: SelectMultipleField) -> None:
        """Something must be selected."""
        if not field.data and not self.all_matching.data:
            raise ValidationError("Select at least one todo.")
