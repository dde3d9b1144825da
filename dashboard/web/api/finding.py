"""Rows as this program may see them: a foreign one and one that is not there are the same 404 (API-02)."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from dashboard.errors import NotFound
from dashboard.extensions import db
from dashboard.models import Invoice, Office, Patient
from dashboard.web.api import keys


def own_office(ref: str) -> Office:
    """The office of this ref.

    Raises:
        NotFound: there is none for this program.
    """
    office = db.session.scalars(select(Office).where(Office.ref == ref, *ours(Office.id))).first()
    if office is None:
        raise NotFound("office")
    return office


def own_invoice(ref: str) -> Invoice:
    """The invoice of this ref.

    Raises:
        NotFound: there is none for this program.
    """
    invoice = db.session.scalars(select(Invoice).where(Invoice.ref == ref, *ours(Invoice.office_id))).first()
    if invoice is None:
        raise NotFound("invoice")
    return invoice


def own_patient(ref: str) -> Patient:
    """The patient of this ref, erased or not.

    Raises:
        NotFound: there is none for this program.
    """
    patient = db.session.scalars(select(Patient).where(Patient.ref == ref, *ours(Patient.office_id))).first()
    if patient is None:
        raise NotFound("patient")
    return patient


def ours(office_id: InstrumentedAttribute[int]) -> tuple[ColumnElement[bool], ...]:
    """What a row must meet: an office's key sees that office only."""
    mine = keys.program().office_id
    return () if mine is None else (office_id == mine,)
