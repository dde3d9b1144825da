"""The numbers in the rail: open todos and failed jobs, asked for once, when a whole page draws the rail."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import literal, select

from dashboard.capped import how_many
from dashboard.models import Job, JobState, Todo
from dashboard.models.todo import IS_OPEN
from dashboard.unit import plain, reading

if TYPE_CHECKING:
    from flask import Flask

FAILED = literal(JobState.FAILED.value, literal_execute=True)
BOTH = select(
    how_many(Todo, IS_OPEN).scalar_subquery().label("queue"),
    how_many(Job, Job.state == FAILED).scalar_subquery().label("jobs_failed"),
)


def join(app: Flask) -> None:
    """Give every page its `nav_counts`."""
    app.context_processor(lambda: {"nav_counts": Counts()})


class Counts:
    """Answers like a mapping, and looks only when it is asked. Pages are drawn outside of units of work."""

    def get(self, name: str, default: int = 0) -> int:
        return self._known.get(name, default)

    @cached_property
    def _known(self) -> dict[str, int]:
        with reading():
            return dict(plain(BOTH).one()._mapping)
