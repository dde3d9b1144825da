"""Many patients from a file: uploaded, worked off in the background, errors told by line (PAT-01)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, redirect, request
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.billing import patient_imports, patient_rows
from dashboard.errors import Invalid, NotFound
from dashboard.models import ImportState, Office, PatientImport
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos.exports import written
from dashboard.unit import reading, writing
from dashboard.web.access import require
from dashboard.web.pages import page, wants_fragment
from dashboard.web.staff import acting
from dashboard.web.staff.patients import bp, patients_href
from forms.patients import ImportForm

MOST_SHOWN = 200
PROBLEM_HEAD = ("line", "column", "what is wrong")
MARKS = {
    ImportState.WAITING: ("ready", "Waiting for a worker"),
    ImportState.RUNNING: ("running", "Reading"),
    ImportState.DONE: ("done", "Done"),
}


@dataclass(frozen=True, slots=True)
class ImportShown:
    """How far a file is. Instants are UTC."""

    mark: str
    word: str
    is_going: bool
    rows: int
    added: int
    bad_lines: int
    all_or_nothing: bool
    asked_at: datetime
    ended_at: datetime | None

    @property
    def stamp(self) -> str:
        return f"{self.mark}-{self.added}-{self.bad_lines}"


@bp.get("/offices/<int:office_id>/patients/import")
@require(Permission.CHANGE_PATIENTS)
def new_import(office_id: int) -> ResponseReturnValue:
    return asking(office_id, ImportForm(formdata=None))


@bp.post("/offices/<int:office_id>/patients/imports")
@require(Permission.CHANGE_PATIENTS)
def ask_import(office_id: int) -> ResponseReturnValue:
    """Keep the file, sealed, until a worker has read it to its end."""
    form = ImportForm()
    if not form.validate_on_submit():
        return asking(office_id, form), 422
    try:
        with writing():
            office = found(Office, office_id, "office")
            data, whole = form.file.data.read(), form.all_or_nothing.data
            asked = patient_imports.ask(office, data, all_or_nothing=whole, now=clock.now())
    except Invalid as no:
        acting.told(form, no)
        return asking(office_id, form), 422
    return redirect(f"{patients_href(office_id)}/imports/{asked.id}", 303)


def asking(office_id: int, form: ImportForm) -> str:
    with reading():
        office = found(Office, office_id, "office")
    return page(
        "staff/patient_import_new.html",
        form=form,
        office=office,
        href=patients_href(office_id),
        columns=patient_rows.COLUMNS,
    )


@bp.get("/offices/<int:office_id>/patients/imports/<int:import_id>")
@require(Permission.CHANGE_PATIENTS)
def show_import(office_id: int, import_id: int) -> ResponseReturnValue:
    """How far it is; asked with `since`, 204 until something has happened."""
    with reading():
        asked, office = of_office(import_id, office_id), found(Office, office_id, "office")
    told = shown(asked)
    if wants_fragment() and request.args.get("since") == told.stamp:
        return "", 204
    return page(
        "staff/patient_import.html",
        fragment="progress",
        told=told,
        problems=asked.problems[:MOST_SHOWN],
        more=max(0, len(asked.problems) - MOST_SHOWN),
        office=office,
        href=patients_href(office_id),
        all_href=f"{patients_href(office_id)}/imports/{import_id}/problems.csv",
        live_href=f"{patients_href(office_id)}/imports/{import_id}?since={told.stamp}",
    )


@bp.get("/offices/<int:office_id>/patients/imports/<int:import_id>/problems.csv")
@require(Permission.CHANGE_PATIENTS)
def export_problems(office_id: int, import_id: int) -> ResponseReturnValue:
    """Every wrong line, to mend the file by: lines, columns and reasons, none of the file's values."""
    with reading():
        problems = of_office(import_id, office_id).problems
    headers = {"Content-Disposition": 'attachment; filename="problems.csv"'}
    rows = [(str(line), column, message) for line, column, message in problems]
    return Response(written([PROBLEM_HEAD, *rows]), mimetype="text/csv", headers=headers)


def of_office(import_id: int, office_id: int) -> PatientImport:
    """The office's import of this number. Needs an open unit.

    Raises:
        NotFound: it has none such.
    """
    asked = found(PatientImport, import_id, "import")
    if asked.office_id != office_id:
        raise NotFound("import")
    return asked


def shown(asked: PatientImport) -> ImportShown:
    mark, word = MARKS[asked.state]
    return ImportShown(
        mark=mark,
        word=word,
        is_going=asked.state is not ImportState.DONE,
        rows=asked.rows,
        added=asked.added,
        bad_lines=len({line for line, _, _ in asked.problems}),
        all_or_nothing=asked.all_or_nothing,
        asked_at=asked.created_at,
        ended_at=asked.finished_at,
    )
