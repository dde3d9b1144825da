"""Access: who is asking, what the door wants, and the refusal. Every view is marked, and a test looks.

    @bp.get("/queue")
    @require(Permission.SEE_QUEUE)
    def index(): ...

`@public` opens a door to anybody, `@signed_in` to anybody signed in, and `@stepped_up` beside one of the
others asks for the password or a code once more, unless that was within ten minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from flask import current_app, g, request
from flask_login import UserMixin
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound, Unauthorized

from dashboard import actor, audit, clock
from dashboard.actor import Actor, acting
from dashboard.audit import Action
from dashboard.errors import AccessDenied, DomainError
from dashboard.extensions import login_manager
from dashboard.people import sessions
from dashboard.people.sessions import SignedIn
from dashboard.rights import Permission
from dashboard.unit import fenced, reading, writing
from dashboard.web import cookies
from dashboard.web.api import keys
from dashboard.web.api.problems import is_for_us as is_for_programs
from dashboard.web.api.rights import Right
from dashboard.web.pages import wants_fragment

if TYPE_CHECKING:
    from flask import Flask, Response

View = TypeVar("View", bound=Callable[..., object])
ANYBODY = "anybody"
UNKNOWN = {None, "static", "health.alive", "health.ready"}


class StepUpNeeded(DomainError):
    """The person must prove once more who they are before this."""

    status = 403
    code = "STEP_UP_NEEDED"

    def __init__(self) -> None:
        super().__init__("Confirm that it is you before this.")


class Person(UserMixin):
    """Flask-Login's `current_user`: a view of our own session. Its cookies are neither made nor believed."""

    def __init__(self, who: SignedIn) -> None:
        self.who = who

    def get_id(self) -> str:
        return self.who.ref


def require(permission: Permission) -> Callable[[View], View]:
    """Open this door to people whose role has `permission`."""

    def mark(view: View) -> View:
        view.wants = permission  # type: ignore[attr-defined]
        return view

    return mark


def public(view: View) -> View:
    """Open this door to anybody."""
    view.wants = ANYBODY  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Open this door to whoever is signed in, in any role."""
    view.wants = None  # type: ignore[attr-defined]
    return view


def stepped_up(view: View) -> View:
    """Ask for the password or a code before this door, unless the person gave one within ten minutes."""
    view.steps_up = True  # type: ignore[attr-defined]
    return view


def me() -> SignedIn:
    """The person signed in.

    Raises:
        Unauthorized: nobody is.
    """
    if g.get("me") is None:
        raise Unauthorized
    found: SignedIn = g.me
    return found


def act_as(person_ref: str, role: str, user_id: int, office_id: int | None = None) -> None:
    """From here on this request acts as somebody who has just proved who they are."""
    known = actor.current()
    g.acting.enter_context(
        acting(Actor(person_ref, role, user_id, office_id, known.request_id, known.address))
    )


def identify(app: Flask) -> None:
    """Ask who it is before anything else, so that every refusal and log line has its request id."""
    app.before_request(_identify)
    app.after_request(_name_the_request)
    app.teardown_request(_forget)


def join(app: Flask) -> None:
    """Refuse what the role does not allow. Comes after CSRF: a foreign form is refused whoever sends it."""
    app.before_request(_guard)
    login_manager.session_protection = None
    login_manager.request_loader(lambda _: Person(g.me) if g.get("me") else None)


def _identify() -> None:
    now = clock.now()
    g.me = None if request.endpoint in UNKNOWN else _person(now)
    g.acting = ExitStack()
    g.acting.enter_context(acting(_actor(g.me)))
    if g.me is not None and _is_here(g.me, now):
        _touch(g.me, now)


def _touch(person: SignedIn, now: datetime) -> None:
    """A database that cannot write (a full disk) is no reason to show nothing."""
    with suppress(OperationalError), writing():
        sessions.touch(person.session_id, now)


def _person(now: datetime) -> SignedIn | None:
    """Who is signed in; at the API nobody is, whatever cookie came along (API-02)."""
    key = cookies.session_key()
    if not key or is_for_programs():
        return None
    with reading():
        return sessions.find(key, now)


def _is_here(person: SignedIn, now: datetime) -> bool:
    """Whether this request shows that a person sits there: no poll, no part of a page; once a minute."""
    is_by_hand = request.method not in {"GET", "HEAD"} or not wants_fragment()
    return is_by_hand and now - person.seen_at >= sessions.TOUCHED_EACH


def _actor(person: SignedIn | None) -> Actor:
    if person is None:
        return Actor("visitor", address=request.remote_addr)
    return Actor(person.ref, person.role, person.user_id, person.office_id, address=request.remote_addr)


def _guard() -> None:
    """Let in whoever the door wants. A door without a mark is a bug, and stays shut."""
    if "\0" in request.path:
        raise NotFound
    if request.endpoint in {None, "static"}:
        return
    view = current_app.view_functions[str(request.endpoint)]
    wants = getattr(view, "wants", "nothing said")
    if isinstance(wants, Right):
        keys.admit(wants)
    elif wants != ANYBODY:
        _admit(me(), view, wants)


def _admit(person: SignedIn, view: object, wants: object) -> None:
    """Let in somebody signed in whose role, and proof of who they are, suffice.

    Whoever is let in as one of an office stays within that office's rows for the rest of the request.
    """
    if isinstance(wants, Permission):
        insist(person, wants)
        if person.office_id is not None:
            g.acting.enter_context(fenced(person.office_id))
    if isinstance(wants, str) and not isinstance(wants, Permission):
        raise NotFound
    if getattr(view, "steps_up", False) and not person.has_stepped_up(clock.now()):
        raise StepUpNeeded


def insist(person: SignedIn, permission: Permission) -> None:
    """Go on only if the role has the permission; a refusal is on the trail. Opens a unit of its own.

    Raises:
        AccessDenied: it has not.
    """
    if person.may(permission):
        return
    with writing():
        audit.record(Action.ACCESS_DENIED, outcome="refused", changes={"permission": permission.value})
    raise AccessDenied(permission)


def _name_the_request(answer: Response) -> Response:
    """The id that people quote, and that the audit trail and the logs of this request carry."""
    if name := actor.current().request_id:
        answer.headers["X-Request-Id"] = name
    return answer


def _forget(_: BaseException | None) -> None:
    if "acting" in g:
        g.acting.close()
