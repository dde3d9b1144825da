"""Reading what a program sent: strictly, so that nothing odd gets further than this."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import marshmallow
from flask import Request, g
from webargs import missing
from webargs.flaskparser import FlaskParser

from dashboard.web.api.problems import NotReadable, SchemaNotMet

DEEPEST = 20
LONGEST_NUMBER = 1000


class Parser(FlaskParser):
    """Takes only fields that the schema knows, in the body and in the query."""

    DEFAULT_UNKNOWN_BY_LOCATION = {"json": marshmallow.RAISE, "query": marshmallow.RAISE}

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        """The body's value; `missing` where there is none."""
        body = req.get_data(cache=True)
        g.api_body = read(body) if body else None
        return g.api_body if body else missing

    def handle_error(
        self, error: marshmallow.ValidationError, req: Request, schema: Any, **_: Any
    ) -> NoReturn:
        """Name the first field that is wrong."""
        field, message = first_problem(error.messages_dict)
        raise SchemaNotMet(field, message, code_of(schema, field))


def read(body: bytes) -> Any:
    """A JSON value: UTF-8, no NaN, no endless numbers, no name told twice, no deep nesting.

    Raises:
        NotReadable: it is none.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), parse_constant=_refused_constant, parse_int=_int, object_pairs_hook=_object
        )
    except UnicodeDecodeError:
        raise NotReadable("it is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotReadable(f"{error.msg} at character {error.pos}") from None
    except RecursionError:
        raise NotReadable("it is nested too deep") from None
    _check(value, DEEPEST)
    return value


def _refused_constant(name: str) -> NoReturn:
    raise NotReadable(f"{name} is no JSON number")


def _int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise NotReadable(f"a number has more than {LONGEST_NUMBER} digits")
    return int(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotReadable("an object names one field twice")
    return found


def _check(value: object, levels: int) -> None:
    if levels == 0:
        raise NotReadable("it is nested too deep")
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        _check(each, levels - 1)


def first_problem(messages: Mapping[Any, Any]) -> tuple[str, str]:
    """The first field that is wrong, by its path, and what is wrong with it."""
    path: list[str] = []
    told: Any = messages
    while isinstance(told, Mapping):
        name, told = next(iter(told.items()))
        path.append(str(name))
    words = told[0] if isinstance(told, list) and told else told
    return ".".join(part for part in path[1:] if part != "_schema") or "body", str(words)


def code_of(schema: marshmallow.Schema, field: str) -> str | None:
    """The code that the schema gives to a wrong value of this field, where it gives one."""
    known = schema.fields.get(field)
    return known.metadata.get("code") if known else None
