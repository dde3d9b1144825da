"""What all tables share: a number inside, a random reference outside, and one way to ask what a row is
called.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.extensions import db


def new_reference() -> str:
    """128 random bits as 32 hex digits: says nothing about the row, and nobody guesses it."""
    return secrets.token_hex(16)


class Model(db.Model):  # type: ignore[name-defined,misc]
    """A table. Rules about several rows live in the domain, not here."""

    __abstract__ = True


class Referenced(Model):
    """A row with a `ref`, given when it is made, so that sealed attributes can be bound to it at once."""

    __abstract__ = True

    ref: Mapped[str] = mapped_column(String(32), unique=True)

    def __init__(self, **values: Any) -> None:
        super().__init__(**{"ref": new_reference(), **values})
