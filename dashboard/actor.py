"""Who acts: set by each door, read by the audit trail and by background work, never passed through the
rules.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Actor:
    """One door's caller. `name` is a role word or an account's ref, never a person's name."""

    name: str
    role: str | None = None
    user_id: int | None = None
    office_id: int | None = None
    request_id: str = ""
    address: str | None = None


def new_request_id() -> str:
    """A random id that follows one click through its jobs to its audit rows."""
    return secrets.token_hex(8)


NOBODY = Actor("system")
_current: ContextVar[Actor] = ContextVar("actor", default=NOBODY)


def current() -> Actor:
    """The actor of the door that is open; `system` where none has said."""
    return _current.get()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Act as this actor inside the block; one without a request id is given one."""
    known = actor if actor.request_id else replace(actor, request_id=new_request_id())
    token = _current.set(known)
    try:
        yield known
    finally:
        _current.reset(token)
