"""Access: who is asking, what the door wants, and the refusal. Every view is marked, and a test looks.

    @bp.get("/queue")
    @require(Permission.SEE_QUEUE)
    def index(): ...
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, TypeVar

from flask import current_app, g, redirect, request, url_for
from werkzeug.exceptions import NotFound, Unauthorized

from dashboard import audit, clock
from dashboard.actor import Actor, acting
from dashboard.audit import Action
from dashboard.errors import AccessDenied
from dashboard.people import sessions
from dashboard.people.sessions import SignedIn
from dashboard.rights import Permission
from dashboard.unit import writing

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., object])
ANYBODY = "anybody"


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


def me() -> SignedIn:
    """The person signed in.

    Raises:
        Unauthorized: nobody is.
    """
    if g.get("me") is None:
        raise Unauthorized
    found: SignedIn = g.me
    return found


def join(app: Flask) -> None:
    """Ask who it is before each request, refuse what the role does not allow, and forget them afterwards."""
    app.before_request(_identify)
    app.before_request(_guard)
    app.teardown_request(_forget)
    app.register_error_handler(Unauthorized, _ask_to_sign_in)


def _identify() -> None:
    g.me = None if request.endpoint in {None, "static"} else sessions.signed_in(request.cookies, clock.now())
    g.acting = ExitStack()
    g.acting.enter_context(acting(_actor(g.me)))


def _actor(person: SignedIn | None) -> Actor:
    if person is None:
        return Actor("visitor", address=request.remote_addr)
    return Actor(person.ref, person.role, person.user_id, person.office_id, address=request.remote_addr)


def _guard() -> None:
    """Let in whoever the door wants. A door without a mark is a bug, and stays shut."""
    if request.endpoint in {None, "static"}:
        return
    view = current_app.view_functions[str(request.endpoint)]
    wants = getattr(view, "wants", "nothing said")
    if wants == ANYBODY:
        return
    person = me()
    if isinstance(wants, Permission) and not person.may(wants):
        _refuse(wants)
    if isinstance(wants, str) and not isinstance(wants, Permission):
        raise NotFound


def _refuse(permission: Permission) -> None:
    with writing():
        audit.record(Action.ACCESS_DENIED, outcome="refused", changes={"permission": permission.value})
    raise AccessDenied(permission)


def _forget(_: BaseException | None) -> None:
    if "acting" in g:
        g.acting.close()


def _ask_to_sign_in(_: Unauthorized) -> ResponseReturnValue:
    return redirect(url_for("auth.sign_in", next=request.full_path))
