"""The last refusal: whatever server brought the app up, no request is answered by one that may not serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request
from werkzeug.exceptions import ServiceUnavailable

from dashboard.upkeep.readiness import unready

if TYPE_CHECKING:
    from flask import Flask

ALWAYS_ANSWERED = {"static", "health.alive", "health.ready"}


def join(app: Flask) -> None:
    """Ask at the first request; from then on it costs a look-up."""

    @app.before_request
    def refuse_until_ready() -> None:
        if request.endpoint not in ALWAYS_ANSWERED and (reasons := unready(app)):
            named = ", ".join(f"{reason.name} ({reason.state})" for reason in reasons)
            raise ServiceUnavailable(f"Countersign refuses to serve: {named}. See: flask config check.")
