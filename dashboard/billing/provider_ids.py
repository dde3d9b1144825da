"""What the payment provider calls an office: sealed, found by a blind index, shown masked (spec OFF-01)."""

from __future__ import annotations

import re
from typing import Literal

from sqlalchemy import select

from dashboard import audit
from dashboard.audit import Action
from dashboard.crypto import blind_index
from dashboard.errors import Invalid
from dashboard.extensions import db
from dashboard.models import Office

Field = Literal["payment_provider_customer_id", "payment_provider_subscription_id"]
SHAPES = {
    "payment_provider_customer_id": re.compile(r"cus_[A-Za-z0-9]{8,250}"),
    "payment_provider_subscription_id": re.compile(r"sub_[A-Za-z0-9]{8,250}"),
}
INDEXES = {field: field.removesuffix("_id") + "_index" for field in SHAPES}


class IdTaken(Invalid):
    """One id of the provider's belongs to one office."""

    code = "ID_TAKEN"

    def __init__(self, field: str) -> None:
        super().__init__(field, "Another office has this id.")


def give(office: Office, field: Field, value: str | None) -> None:
    """Let the office have this id at the payment provider, or none.

    Raises:
        IdTaken, Invalid: another office has it; it has not the provider's format.
    """
    if value is not None and not SHAPES[field].fullmatch(value):
        prefix = SHAPES[field].pattern[:4]
        raise Invalid(field, f"The id begins with {prefix} and goes on with letters and digits.")
    index = index_of(field, value) if value else None
    if index and _owner(field, index) not in {None, office.id}:
        raise IdTaken(field)
    setattr(office, field, value)
    setattr(office, INDEXES[field], index)
    audit.record(Action.OFFICE_CHANGED, office, changes={"fields": [field]})


def find(field: Field, value: str) -> Office | None:
    """The office that the provider calls so."""
    column = getattr(Office, INDEXES[field])
    return db.session.scalar(select(Office).where(column == index_of(field, value)))


def index_of(field: Field, value: str) -> bytes:
    return blind_index(value, purpose=f"offices.{field}", fold=False)


def masked(value: str | None) -> str:
    """`cus_…7f3Q`: enough to compare two, not enough to use one."""
    return f"{value[:4]}…{value[-4:]}" if value else ""


def _owner(field: Field, index: bytes) -> int | None:
    return db.session.scalar(select(Office.id).where(getattr(Office, INDEXES[field]) == index))
