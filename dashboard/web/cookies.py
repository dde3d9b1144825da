"""The two cookies of signing in: the session's key, and the word that this browser is known to an account.

Over https both are `__Host-` cookies, which no other host and no plain connection can set. Over plain http
they exist on loopback only, in a demo or a test: see `refuses_plain_http`.
"""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

KNOWN_FOR = timedelta(days=90)
ACCOUNTS = 5


def session_key() -> str | None:
    """The session cookie's value, as the browser sent it."""
    return request.cookies.get(_name("session"))


def give_session(answer: Response, raw: str) -> None:
    """Let the browser keep the session until it is closed."""
    answer.set_cookie(_name("session"), raw, **_rules())


def take_session(answer: Response) -> None:
    answer.delete_cookie(_name("session"), **_rules())


def known_device(email_index: bytes) -> str | None:
    """This browser's own name, if the account with this blind index was fully signed in on it before."""
    device, accounts = _device()
    return device if email_index.hex() in accounts else None


def remember_device(answer: Response, email_index: bytes) -> None:
    """Let the throttle know this browser again: whoever attacks the account elsewhere cannot shut it out."""
    device, accounts = _device()
    known = [email_index.hex(), *(other for other in accounts if other != email_index.hex())][:ACCOUNTS]
    answer.set_cookie(
        _name("device"), _signer().dumps([device or token_hex(8), known]), max_age=KNOWN_FOR, **_rules()
    )


def refuses_plain_http() -> bool:
    """Whether this came over plain http for a host other than loopback, where no cookie would be safe."""
    return not request.is_secure and not _is_loopback(urlsplit(f"//{request.host}").hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _device() -> tuple[str | None, list[str]]:
    """This browser's name and the accounts it is known to, newest first."""
    try:
        device, accounts = _signer().loads(
            request.cookies.get(_name("device"), ""), max_age=int(KNOWN_FOR.total_seconds())
        )
    except BadData:
        return None, []
    return device, accounts


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="known device")


def _name(plain: str) -> str:
    return f"__Host-{plain}" if request.is_secure else plain


def _rules() -> dict[str, Any]:
    return {"secure": request.is_secure, "httponly": True, "samesite": "Lax", "path": "/"}
