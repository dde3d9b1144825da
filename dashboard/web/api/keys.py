"""The API's guard: who the key is, what it may, how often it asks. Cookies are not looked at."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from flask import g, request
from sqlalchemy.exc import OperationalError

from dashboard import actor, audit, clock
from dashboard.actor import Actor, acting
from dashboard.audit import Action
from dashboard.people import api_keys
from dashboard.people.api_keys import Program
from dashboard.unit import reading, writing
from dashboard.web.api import limits
from dashboard.web.api.problems import JsonNeeded, KeyMayNot, KeyNeeded
from dashboard.web.api.rights import Right, of_key

View = TypeVar("View", bound=Callable[..., object])
OFFICE = "office key"
WITH_A_BODY = {"POST", "PUT", "PATCH", "DELETE"}


def may(right: Right) -> Callable[[View], View]:
    """Open this door of the API to keys that have `right`."""

    def mark(view: View) -> View:
        view.wants = right  # type: ignore[attr-defined]
        return view

    return mark


def admit(right: Right) -> None:
    """Let the request in as the program whose key it carries, if that may.

    Raises:
        KeyNeeded, TooManyRequests, KeyMayNot, JsonNeeded: see there.
    """
    program = _program()
    now = clock.now()
    g.program = program
    _act_as(program)
    limits.count(program.key_id)
    if right not in of_key(program.role):
        _refuse(right)
    if request.method in WITH_A_BODY and (request.mimetype or request.content_length) and not request.is_json:
        raise JsonNeeded
    if not program.was_used_lately(now):
        with suppress(OperationalError), writing():
            api_keys.touch(program, now)


def program() -> Program:
    """The program that asks."""
    found: Program = g.program
    return found


def _program() -> Program:
    kind, _, raw = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not raw.strip():
        raise KeyNeeded
    with reading():
        found = api_keys.find(raw.strip())
    if found is None:
        raise KeyNeeded
    return found


def _act_as(program: Program) -> None:
    known = actor.current()
    role = program.role.value if program.role else OFFICE
    who = Actor(program.ref, role, None, program.office_id, known.request_id, known.address)
    g.acting.enter_context(acting(who))


def _refuse(right: Right) -> None:
    with writing():
        audit.record(Action.ACCESS_DENIED, outcome="refused", changes={"permission": right.value})
    raise KeyMayNot(right)
