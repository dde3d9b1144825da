"""The API for people: the page and `docs/api.md`, both made from the OpenAPI document."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.rights import Role
from dashboard.web.api import idempotency
from dashboard.web.api.description import METHODS
from dashboard.web.api.rights import OFFICE_KEY, ROLE_KEYS, Right

VARIABLES = {
    "office_id": "OFFICE",
    "patient_id": "PATIENT",
    "invoice_id": "INVOICE",
    "plan_id": "PLAN",
}
SAMPLES = {
    "billing_cycle_anchor_date": "2026-01-31",
    "customer_name": "Demo Family Practice",
    "intake_data": {"npi": "1234567893", "provider_name": "Dr. Sample Provider"},
    "item": "training",
    "method": "ach",
    "name": "Sample Patient",
    "service_slug": "npi-revalidation",
    "time_zone": "America/Chicago",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a body, an answer, a query or a header."""

    name: str
    kind: str
    needed: bool
    words: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing a program can do."""

    method: str
    path: str
    summary: str
    description: str
    takes: tuple[Row, ...]
    body: str | None
    answers: tuple[tuple[str, str, str], ...]
    curl: str


@dataclass(frozen=True, slots=True)
class Section:
    """Operations that belong together."""

    title: str
    operations: tuple[Operation, ...]


def sections(document: Mapping[str, Any]) -> list[Section]:
    """The operations of an OpenAPI document, by what they are about."""
    by_tag: dict[str, list[Operation]] = {}
    for path, told in document["paths"].items():
        for method in (each for each in told if each in METHODS):
            operation = _operation(path, method, told)
            by_tag.setdefault(told[method]["tags"][0], []).append(operation)
    titles = {tag["name"]: tag["description"].rstrip(".") for tag in document["tags"]}
    return [Section(titles[tag], tuple(found)) for tag, found in by_tag.items()]


def models(document: Mapping[str, Any]) -> Iterator[tuple[str, str, list[Row]]]:
    """The data model: each shape's name, what it is, its fields."""
    for shape, told in sorted(document["components"]["schemas"].items()):
        needed = set(told.get("required", ()))
        fields = told.get("properties", {}).items()
        rows = [Row(name, _kind(form), name in needed, form.get("description", "")) for name, form in fields]
        yield shape, told.get("description", ""), rows


def rights() -> list[tuple[str, list[bool]]]:
    """Each kind of key, and whether it has each right, in the order of `Right`: the table the doors ask."""
    keys = {"an office": OFFICE_KEY} | {role.value: ROLE_KEYS[role] for role in Role if role in ROLE_KEYS}
    return [(name, [right in held for right in Right]) for name, held in keys.items()]


def _operation(path: str, method: str, told: Mapping[str, Any]) -> Operation:
    operation = told[method]
    parameters = [*told.get("parameters", ()), *operation.get("parameters", ())]
    shape = _shape(operation.get("requestBody", {}))
    fine = [each for each in operation["responses"].items() if each[0].startswith("2")]
    return Operation(
        method=method.upper(),
        path=path,
        summary=operation.get("summary", "").rstrip("."),
        description=operation.get("description", ""),
        takes=tuple(_parameter(each) for each in parameters if each["name"] != idempotency.HEADER),
        body=shape,
        answers=tuple((status, said["description"], _shape(said) or "") for status, said in fine),
        curl=_curl(path, method, shape),
    )


def _parameter(told: Mapping[str, Any]) -> Row:
    kind = f"{told['in']}, {_kind(told['schema'])}"
    return Row(told["name"], kind, told.get("required", False), told.get("description", ""))


def _shape(told: Mapping[str, Any]) -> str | None:
    content = told.get("content", {}).get("application/json")
    return content["schema"]["$ref"].rpartition("/")[2] if content else None


def _kind(form: Mapping[str, Any]) -> str:
    """A field's form in few words."""
    if "$ref" in form:
        return str(form["$ref"]).rpartition("/")[2]
    if "allOf" in form or "oneOf" in form:
        words = " or ".join(_kind(each) for each in form.get("allOf", form.get("oneOf", ())))
    elif "enum" in form:
        words = "one of " + ", ".join(f"`{each}`" for each in form["enum"] if each)
    elif form.get("type") == "array":
        words = f"list of {_kind(form['items'])}"
    else:
        words = form.get("format", form.get("type", "string"))
    return f"{words} or null" if form.get("nullable") and "null" not in words else words


def _curl(path: str, method: str, shape: str | None) -> str:
    """A line that runs, once the variables are set."""
    address = re.sub(r"{(\w+)}", lambda found: "$" + VARIABLES[found[1]], path)
    words = [f'curl "$COUNTERSIGN{address}"', '-H "Authorization: Bearer $KEY"']
    if method != "get":
        words.insert(1, f"-X {method.upper()}")
    if body := BODIES.get(shape or ""):
        said = re.sub(r'"\$(\w+)"', r"""'"\\"$\1\\""'""", json.dumps(body))
        words += ['-H "Content-Type: application/json"', f"-d '{said}'"]
    return " \\\n  ".join(words)


def _sample(*names: str) -> dict[str, Any]:
    return {name: f"${VARIABLES[name]}" if name in VARIABLES else SAMPLES[name] for name in names}


BODIES: Mapping[str, dict[str, Any]] = {
    "NewPatient": _sample("office_id", "name"),
    "NewOneOff": {**_sample("office_id", "item"), "amount": "250.00"},
    "NewSubscription": _sample("plan_id", "billing_cycle_anchor_date"),
    "SubscriptionChange": _sample("time_zone"),
    "NewOrder": _sample("service_slug", "customer_name", "method", "intake_data"),
}
