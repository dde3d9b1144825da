"""Every refusal of the API is a problem document (RFC 9457) with a stable `code`, and the `field` to mend."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, json, request

from dashboard import actor
from dashboard.errors import DomainError

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "BAD_REQUEST",
    401: "KEY_NEEDED",
    403: "ACCESS_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_KNOWN_HERE",
    408: "TOO_SLOW",
    413: "TOO_LARGE",
    415: "JSON_NEEDED",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    503: "AWAY",
}

SENTENCES = {
    400: "The request could not be read.",
    404: "There is nothing at this address.",
    405: "This address does not take that method; the header Allow says which it takes.",
    408: "The request took too long to arrive. Send it again.",
    413: "The body is too large.",
    415: "Send the body as JSON, with Content-Type: application/json.",
    500: "Something broke on our side. It has been recorded.",
}


class KeyNeeded(DomainError):
    """No key, or one that opens nothing."""

    status = 401
    code = "KEY_NEEDED"

    def __init__(self) -> None:
        super().__init__("Send a live API key: Authorization: Bearer KEY.")


class KeyMayNot(DomainError):
    """The key's role, or its office, does not include this."""

    status = 403
    code = "ACCESS_DENIED"

    def __init__(self, right: str) -> None:
        super().__init__(f"This key may not “{right}”.")


class NotReadable(DomainError):
    """The body is no JSON."""

    status = 400
    code = "BAD_JSON"

    def __init__(self, why: str) -> None:
        super().__init__(f"The body is not a JSON value that we take: {why}.")


class JsonNeeded(DomainError):
    """The body is of another media type."""

    status = 415
    code = "JSON_NEEDED"

    def __init__(self) -> None:
        super().__init__(SENTENCES[415])


class SchemaNotMet(DomainError):
    """A value is missing, unknown, or not of the form that the schema asks for."""

    status = 422
    code = "INVALID"

    def __init__(self, field: str, message: str, code: str | None = None) -> None:
        self.field = field
        self.code = code or self.code
        super().__init__(message)


class TooManyRequests(DomainError):
    """The key asks faster than its limit."""

    status = 429
    code = "TOO_MANY_REQUESTS"

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"This key asks too often. Try again in {seconds} s.")


def is_for_us() -> bool:
    """Whether the request was sent to the API, be there a door or not."""
    return request.path.startswith(PREFIX)


def sentence(status: int) -> str:
    """What to say of a failure about which nobody said more."""
    return SENTENCES.get(status, SENTENCES[400])


def of_error(error: DomainError) -> Response:
    """The answer to a rule that was not met.

    A value that keeps its schema and breaks a rule is a conflict with the world as it is: 409, where a page
    says 422.
    """
    is_rule = error.status == HTTPStatus.UNPROCESSABLE_ENTITY and not isinstance(error, SchemaNotMet)
    status = HTTPStatus.CONFLICT if is_rule else error.status
    answer = problem(status, str(error), code=error.code, field=error.field)
    if isinstance(error, KeyNeeded):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyRequests):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def problem(status: int, detail: str, *, code: str | None = None, field: str | None = None) -> Response:
    """One problem document. `detail` is safe to show; `request_id` is what our log knows it by."""
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
        "code": code or CODES.get(status, CODES[400]),
        "request_id": actor.current().request_id,
    }
    if field is not None:
        told["field"] = field
    return Response(json.dumps(told), status=status, content_type=MEDIA_TYPE)
