"""The way back: where somebody was, and what they had typed, when they were asked who they are.

A session that ends while somebody types loses nothing. The page that asks for the password carries the typed
fields along, signed; after signing in the same person sees them again and sends them with one click. Kept are
the fields of one form up to 64 KiB, not files, passwords or codes; and only of a form that came from our own
page (its CSRF token held), in a browser whose session had been that person's.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, g, request
from itsdangerous import BadData, URLSafeTimedSerializer

from dashboard.people import sessions
from dashboard.unit import reading
from dashboard.web import cookies

LARGEST = 64 * 1024
KEPT_FOR_SECONDS = 3600
SECRET = ("password", "current", "again", "code", "proof", "secret")


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was not sent: where it goes, whose it is, and its fields in order."""

    path: str
    ref: str
    fields: list[tuple[str, str]]


def home(*, is_staff: bool | None = None) -> str:
    """Where somebody begins; without being told who, whoever is signed in."""
    if is_staff is None:
        is_staff = not g.get("me") or g.me.role.is_staff
    return "/staff/" if is_staff else "/portal/"


def local(address: str | None, default: str | None = None) -> str:
    """A path of ours with its query; anything that leads elsewhere becomes `default`, else `home`."""
    path, default = address or "", home() if default is None else default
    is_odd = any(sign <= " " or sign in "\\\x7f" for sign in path)
    if is_odd or not path.startswith("/") or path.startswith("//"):
        return default
    return path


def here() -> str:
    """Where to come back to: this page, or for a form the page that it was on."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return request.full_path.removesuffix("?")
    return _own(request.headers.get("HX-Current-URL") or request.referrer)


def keep() -> str:
    """The form of this request, signed, for a hidden field; empty where nothing can or may be kept."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    size = sum(len(name) + len(value) for name, value in fields)
    if not fields or request.files or size > LARGEST or any(name in SECRET for name, _ in fields):
        return ""
    ref = _whose()
    return str(_signer().dumps([request.full_path.removesuffix("?"), ref, fields])) if ref else ""


def kept(signed: str | None, ref: str) -> Kept | None:
    """What `keep` gave to this person within the hour, or None."""
    try:
        path, whose, fields = _signer().loads(signed or "", max_age=KEPT_FOR_SECONDS)
    except BadData:
        return None
    return Kept(path, whose, [(name, value) for name, value in fields]) if whose == ref else None


def _whose() -> str | None:
    if g.get("me"):
        return str(g.me.ref)
    key = cookies.session_key()
    if not key:
        return None
    with reading():
        return sessions.whose(key)


def _own(address: str | None) -> str:
    parts = urlsplit(address or "")
    if parts.netloc != request.host:
        return home()
    return local(f"{parts.path}?{parts.query}" if parts.query else parts.path)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept form")
