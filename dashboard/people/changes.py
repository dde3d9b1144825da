"""Changing rows where they stand, on a condition: of two at once one finds nothing left to change."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import CursorResult, Delete, Update

from dashboard.extensions import db


def changed(statement: Update | Delete) -> int:
    """Do it and say how many rows it changed. Rows already loaded do not notice."""
    result = db.session.execute(statement, execution_options={"synchronize_session": False})
    return cast("CursorResult[Any]", result).rowcount
