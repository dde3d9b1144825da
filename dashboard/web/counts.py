"""The numbers in the rail: open todos and failed jobs, asked for once, when a whole page draws the rail."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import ScalarSelect, Select, func, literal, select

from dashboard.models import Job, JobState, Todo
from dashboard.models.todo import IS_OPEN
from dashboard.unit import reading

if TYPE_CHECKING:
    from flask import Flask

MOST = 1001


def join(app: Flask) -> None:
    """Give every page its `nav_counts`."""
    app.context_processor(lambda: {"nav_counts": Counts()})


class Counts:
    """Answers like a mapping, and looks only when it is asked. Pages are drawn outside of units of work."""

    def get(self, name: str, default: int = 0) -> int:
        return self._known.get(name, default)

    @cached_property
    def _known(self) -> dict[str, int]:
        failed = select(literal(1)).select_from(Job).where(Job.state == JobState.FAILED)
        queue = select(literal(1)).select_from(Todo).where(IS_OPEN)
        with reading() as session:
            open_todos, failed_jobs = session.execute(select(_counted(queue), _counted(failed))).one()
        return {"queue": open_todos, "jobs_failed": failed_jobs}


def _counted(rows: Select[int]) -> ScalarSelect[int]:
    """How many rows, and never more than a thousand and one: nobody counts further."""
    return select(func.count()).select_from(rows.limit(MOST).subquery()).scalar_subquery()
