"""The OpenAPI document: made from the views and their schemas, then told what every door has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from flask import Flask
from flask_smorest import Api

from dashboard.web.api import fields, idempotency, schemas

VERSION = "1"
TITLE = "Countersign API"
KEYS = "bearer"
METHODS = {"get", "post", "put", "patch", "delete"}
REFUSALS = {
    "400": "The body is not JSON.",
    "401": "There is no key, or it opens nothing.",
    "403": "The key may not do this.",
    "404": "There is no such thing here, or it belongs to another office.",
    "409": "The request is well-formed, but a rule stands against it; `code` names the rule.",
    "413": "The body is too large.",
    "415": "The body is not sent as JSON.",
    "422": "A value does not keep to the schema; `field` names it.",
    "429": "The key asks too often; Retry-After says in how many seconds to try again.",
    "default": "Something broke on our side, or is away for the moment.",
}
WITHOUT_A_BODY = {"400", "413", "415", "422"}
DAY = {"type": "string", "format": "date", "pattern": fields.DAY}
FORMS: dict[type[Any], Callable[[], dict[str, Any]]] = {
    fields.Money: lambda: {"type": "string", "pattern": fields.MONEY, "example": "2.00"},
    fields.Amount: lambda: {"type": "string", "pattern": fields.AMOUNT},
    fields.Instant: lambda: {"type": "string", "format": "date-time", "pattern": fields.INSTANT},
    fields.Day: lambda: dict(DAY),
    fields.Text: lambda: {"type": "string"},
    schemas.Intake: lambda: {
        "oneOf": [{"type": "object", "additionalProperties": True}, {"type": "string", "maxLength": 200_000}]
    },
}


class DescribedApi(Api):
    """Knows the doors. Errors are answered by the house's own handlers, the document by our own page."""

    def _register_error_handlers(self) -> None:
        return None

    def _register_doc_blueprint(self) -> None:
        return None


def new_api(app: Flask) -> DescribedApi:
    """The registry of doors, bound to the app; `document` writes down what it knows."""
    app.config.update(
        API_TITLE=TITLE,
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.0.3",
        API_REQUESTS_PER_MINUTE=app.extensions["settings"].api_requests_per_minute,
        API_SPEC_OPTIONS={"security": [{KEYS: []}], "servers": [{"url": "/"}]},
    )
    api = DescribedApi()
    api.init_app(app)
    api.spec.components.security_scheme(KEYS, {"type": "http", "scheme": "bearer"})
    api.ma_plugin.converter.add_attribute_function(_form)
    app.extensions["countersign.api"] = api
    return api


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3 document, as plain JSON values."""
    told: dict[str, Any] = deepcopy(app.extensions["countersign.api"].spec.to_dict())
    told["info"]["description"] = "Times are UTC, money is a string with two decimals, ids are opaque."
    told["components"].pop("responses", None)
    told["components"]["schemas"]["Problem"] = _problem()
    told["components"]["schemas"]["SubscriptionChange"]["minProperties"] = 1
    for path in told["paths"].values():
        for parameter in path.get("parameters", ()):
            parameter["schema"] = {"type": "string", "pattern": fields.REFERENCE}
    for method, operation in operations(told):
        _complete(method, operation)
    return told


def operations(told: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every operation of a document, with its method."""
    for path in told["paths"].values():
        yield from ((method, operation) for method, operation in path.items() if method in METHODS)


def _complete(method: str, operation: dict[str, Any]) -> None:
    """Say what every door answers when it refuses, and what it takes in its headers."""
    fine = {status: said for status, said in operation["responses"].items() if status.startswith("2")}
    has_values = "requestBody" in operation or operation.get("parameters")
    refused = {status for status in REFUSALS if has_values or status not in WITHOUT_A_BODY}
    operation["responses"] = fine | {status: _refusal(status) for status in REFUSALS if status in refused}
    if method == "post":
        operation.setdefault("parameters", []).append(_idempotency_key())
        operation["responses"]["422"] = _refusal("422")


def _refusal(status: str) -> dict[str, Any]:
    shape = {"schema": {"$ref": "#/components/schemas/Problem"}}
    said: dict[str, Any] = {
        "description": REFUSALS[status],
        "content": {"application/problem+json": shape},
    }
    if status == "429":
        said["headers"] = {"Retry-After": {"schema": {"type": "integer", "minimum": 1}}}
    return said


def _idempotency_key() -> dict[str, Any]:
    return {
        "in": "header",
        "name": idempotency.HEADER,
        "required": False,
        "description": "Makes sending it again safe: the same key and request give the same answer.",
        "schema": {"type": "string", "pattern": idempotency.FORM},
    }


def _problem() -> dict[str, Any]:
    words = {name: {"type": "string"} for name in schemas.Problem().fields if name != "status"}
    required = [name for name, field in schemas.Problem().fields.items() if field.required]
    return {
        "type": "object",
        "description": "Why a request was refused (RFC 9457).",
        "properties": {**words, "status": {"type": "integer"}},
        "required": required,
    }


def _form(_: Any, field: Any, **__: Any) -> dict[str, Any]:
    """What a field of ours looks like."""
    return FORMS[type(field)]() if type(field) in FORMS else {}
