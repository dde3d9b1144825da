"""Rows as this program may see them: a foreign one and one that is not there are the same 404 (API-02)."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, bindparam, select

from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Invoice, Office, Patient
from dashboard.web.api import keys

Row = TypeVar("Row", Office, Invoice, Patient)

OFFICE = select(Office).where(Office.ref == bindparam("ref"))
INVOICE = select(Invoice).where(Invoice.ref == bindparam("ref"))
PATIENT = select(Patient).where(Patient.ref == bindparam("ref"))


def own_office(ref: str) -> Office:
    """The office of this ref.

    Raises:
        NotFound: there is none for this program.
    """
    return _own(OFFICE, ref, "office")


def own_invoice(ref: str) -> Invoice:
    """The invoice of this ref.

    Raises:
        NotFound: there is none for this program.
    """
    return _own(INVOICE, ref, "invoice")


def own_patient(ref: str) -> Patient:
    """The patient of this ref, erased or not.

    Raises:
        NotFound: there is none for this program.
    """
    return _own(PATIENT, ref, "patient")


def _own(wanted: Select[Row], ref: str, what: str) -> Row:
    """An office's key sees what is of that office only."""
    row, mine = db.session.scalars(wanted, {"ref": ref}).first(), keys.program().office_id
    if row is None or mine not in {None, row.id if isinstance(row, Office) else row.office_id}:
        raise NotFound(what)
    return row
