"""The shapes of the wall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from dashboard.rights import Permission


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that should not be there: what it is, where it is shown, since when (UTC)."""

    id: int
    label: str
    href: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Mending:
    """What one does about a row: `act` does it for whoever has `permission`; else one goes to `href`."""

    name: str
    href: str = ""
    permission: Permission | None = None
    act: Callable[[Session, int, datetime], None] | None = None


@dataclass(frozen=True, slots=True)
class WallList:
    """A list that should be empty.

    `query(by)` selects `id`, `label`, `name` and `since` of the rows that began before `by` (UTC); `href` is
    where a row is shown, with `{name}` or `{id}` in it. `spec` says in the contract's words what is wrong.
    """

    key: str
    name: str
    spec: str
    age: timedelta
    query: Callable[[datetime], Select[Any]]
    href: str
    mending: Mending
