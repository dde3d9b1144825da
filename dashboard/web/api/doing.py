"""The two kinds of API views: one that looks, one that acts, at most once, in one unit of work."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import marshmallow
from flask import Response, json
from flask_smorest import Blueprint as SmorestBlueprint

from dashboard.unit import writing
from dashboard.web.api import idempotency
from dashboard.web.api.bodies import Parser

View = Callable[..., Any]


class Blueprint(SmorestBlueprint):
    """Doors of the API that belong together. What comes in is read strictly."""

    ARGUMENTS_PARSER = Parser()

    def acts(self, schema: type[marshmallow.Schema], status: int = 201) -> Callable[[View], View]:
        """A view that changes something: it gives a value of the schema, or that and a status of its own.

        It runs inside a writing unit, and once for each Idempotency-Key.
        """
        dumping = schema()

        def decorate(view: View) -> View:
            @wraps(view)
            def run(*args: Any, **kwargs: Any) -> Response:
                with writing():
                    return idempotency.once(lambda: answered(dumping, view(*args, **kwargs), status))

            documented: View = self.response(status, schema)(run)
            return documented

        return decorate


def answered(schema: marshmallow.Schema, given: Any, status: int) -> Response:
    """The JSON answer, of the schema's fields and no others."""
    value, status = given if isinstance(given, tuple) else (given, status)
    return Response(json.dumps(schema.dump(value)), status=status, content_type="application/json")
