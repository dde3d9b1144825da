"""One answer for each kind of failure: a page for people, a fragment for htmx, a log line without anybody's
data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from flask import current_app, g, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, ServiceUnavailable

from dashboard import actor
from dashboard.errors import DomainError, StaleVersion
from dashboard.gateways import GatewayError
from dashboard.web.api import problems

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

log = structlog.get_logger("web")
REPEATABLE = {"40001", "40P01"}
WORDS = {
    400: "This request could not be read",
    401: "Sign in to go on",
    403: "Your role does not allow this",
    404: "There is nothing here",
    405: "This page cannot be used that way",
    409: "Something changed in between",
    413: "That is too large",
    422: "Something needs mending",
    429: "Too many tries",
    500: "Something broke on our side",
    503: "Part of the system is away",
}


def join(app: Flask) -> None:
    """Answer every failure. A bug is a 500 and a log line with class and place, never with values."""
    app.register_error_handler(DomainError, business_no)
    app.register_error_handler(CSRFError, foreign_form)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(DBAPIError, database)
    app.register_error_handler(StaleDataError, lambda _: business_no(StaleVersion("record")))
    app.register_error_handler(GatewayError, away)
    app.log_exception = _log_without_values  # type: ignore[method-assign]


def shown(status: int, message: str) -> ResponseReturnValue:
    """The error page, or its block for htmx; a problem document for programs."""
    if problems.is_for_us():
        return problems.problem(status, message)
    words = WORDS.get(status, WORDS[400])
    template = f"errors/{status}.html" if status in WORDS else "errors/400.html"
    return render_template(template, status=status, heading=words, message=message), status


def business_no(error: DomainError) -> ResponseReturnValue:
    if problems.is_for_us():
        return problems.of_error(error)
    return shown(error.status, str(error))


def foreign_form(_: CSRFError) -> ResponseReturnValue:
    return shown(
        400,
        "This form belongs to another session, or to none. Go back, reload the page, and send it again.",
    )


def http(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError):
        return shown(500, "It has been recorded. Nothing that was saved before is lost.")
    if error.code is not None and error.code < 400:
        return error.get_response()
    answer = make_response(shown(error.code or 500, _said(error)))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return answer


def _said(error: HTTPException) -> str:
    """The error's words; for programs the framework's own are replaced by ours."""
    said = error.description or ""
    is_theirs = said == (type(error).description or "")
    return problems.sentence(error.code or 500) if is_theirs and problems.is_for_us() else said


def database(error: DBAPIError) -> ResponseReturnValue:
    """Repeat the whole request once where the database only asked for another try; else say that it is
    away.
    """
    if getattr(error.orig, "sqlstate", None) in REPEATABLE and not g.get("repeated"):
        g.repeated = True
        return current_app.dispatch_request()
    if not isinstance(error, OperationalError):
        raise error
    log.error("database away", error=type(error).__name__, request_id=actor.current().request_id)
    return shown(
        ServiceUnavailable.code,
        "The database does not answer. Nothing was saved just now; try again in a minute.",
    )


def away(error: GatewayError) -> ResponseReturnValue:
    log.error("gateway away", error=type(error).__name__, request_id=actor.current().request_id)
    return shown(
        ServiceUnavailable.code,
        "Something outside does not answer. Nothing was saved just now; try again in a minute.",
    )


def _log_without_values(exc_info: object) -> None:
    error = exc_info[1] if isinstance(exc_info, tuple) else None
    place = _place(error)
    log.error(
        "bug",
        error=type(error).__name__,
        place=place,
        path=str(request.url_rule),  # never the address itself: links carry tokens
        request_id=actor.current().request_id,
    )


def _place(error: BaseException | None) -> str | None:
    trace = error.__traceback__ if error else None
    place = None
    while trace:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename}:{trace.tb_lineno} {code.co_name}"
        trace = trace.tb_next
    return place
