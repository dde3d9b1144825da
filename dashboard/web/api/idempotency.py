"""Doing a thing once, however often a program asks for it under one Idempotency-Key (spec API-03).

The key's row is written in the transaction of the act. Whoever comes second waits for the first at that
row, and finds its answer there; an act that fails takes its row with it, so that it may be tried again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from secrets import token_hex

from flask import Response, g, request
from sqlalchemy import select

from dashboard import clock
from dashboard.audit import canonical
from dashboard.crypto import blind_index
from dashboard.errors import DomainError
from dashboard.extensions import db
from dashboard.models import IdempotentAnswer
from dashboard.models.base import new_reference
from dashboard.unit import insert
from dashboard.web.api import keys
from dashboard.web.api.problems import SchemaNotMet

HEADER = "Idempotency-Key"
FORM = r"^[!-~]{1,200}$"


class KeyUsedOtherwise(DomainError):
    """The key was sent before with something else."""

    code = "IDEMPOTENCY_KEY_REUSED"
    field = HEADER

    def __init__(self) -> None:
        super().__init__("This Idempotency-Key was sent before with another request. Take a new one.")


def checked_key() -> str | None:
    """The request's Idempotency-Key, if it has one.

    Raises:
        SchemaNotMet: it is no key.
    """
    told = request.headers.get(HEADER)
    if told is None or request.method != "POST":
        return None
    if not re.fullmatch(FORM, told):
        raise SchemaNotMet(HEADER, "Send 1 to 200 visible ASCII characters.", "BAD_IDEMPOTENCY_KEY")
    return told


def entry_key() -> str:
    """What the domain may know this act by: of the program's own Idempotency-Key, else random."""
    told = checked_key()
    if told is None:
        return f"api:{token_hex(16)}"
    return "api:" + sha256(f"{keys.program().key_id}:{request.path}:{told}".encode()).hexdigest()[:56]


def once(act: Callable[[], Response]) -> Response:
    """The answer of this act, or the one it had when it was asked under the same key. Needs a writing unit.

    Raises:
        KeyUsedOtherwise: the key came with another request.
    """
    told = checked_key()
    if told is None:
        return act()
    row_id = _begun(told)
    if row_id is None:
        return _earlier(told)
    answer = act()
    row = db.session.get_one(IdempotentAnswer, row_id)
    row.status, row.answer = answer.status_code, answer.get_data(as_text=True)
    return answer


def _begun(told: str) -> int | None:
    """The number of the key's new row; None where there was one."""
    values = {
        "ref": new_reference(),
        "api_key_id": keys.program().key_id,
        "key_digest": _key_digest(told),
        "request_digest": _request_digest(),
        "created_at": clock.now(),
    }
    session = db.session()
    asked = insert(session, IdempotentAnswer).values(values)
    asked = asked.on_conflict_do_nothing(index_elements=["api_key_id", "key_digest"])
    number: int | None = session.scalar(asked.returning(IdempotentAnswer.id))
    return number


def _earlier(told: str) -> Response:
    ours = (
        IdempotentAnswer.api_key_id == keys.program().key_id,
        IdempotentAnswer.key_digest == _key_digest(told),
    )
    row = db.session.scalars(select(IdempotentAnswer).where(*ours)).one()
    if row.request_digest != _request_digest():
        raise KeyUsedOtherwise
    return Response(row.answer, status=row.status, content_type="application/json")


def _key_digest(told: str) -> bytes:
    return blind_index(told, purpose="idempotent_answers.key_digest", fold=False)


def _request_digest() -> bytes:
    """Keyed: a request may name a patient, and a plain hash of a name and a day of birth can be guessed."""
    said = canonical([request.method, request.path, g.get("api_body")])
    return blind_index(said, purpose="idempotent_answers.request_digest", fold=False)
