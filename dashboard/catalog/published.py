"""The catalog as a marketing site may copy it, and how such a copy differs from ours (CAT-04)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.catalog.records import Service
from dashboard.catalog.services import SERVICES
from dashboard.errors import Invalid
from dashboard.money import plain

WHOLE = "(whole entry)"
MISSING = object()


class NotACatalog(Invalid):
    """The file is not an exported catalog at all."""

    code = "NOT_A_CATALOG"

    def __init__(self, why: str) -> None:
        super().__init__("file", f"{why} Write a fresh copy with `flask catalog export`.")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one service that a copy states otherwise."""

    slug: str
    field: str
    ours: object
    theirs: object

    def __str__(self) -> str:
        ours, theirs = said(self.ours), said(self.theirs)
        return f"{self.slug}: {self.field}: the catalog says {ours}, the copy says {theirs}"


def export() -> dict[str, Any]:
    """The public catalog as plain JSON values: no staff text is in it. Cents are integers, prices "2.00"."""
    return {"currency": "usd", "services": [public(service) for service in SERVICES]}


def public(service: Service) -> dict[str, Any]:
    """What the public may know about a service."""
    return {
        "slug": service.slug,
        "name": service.name,
        "sentence": service.sentence,
        "price_cents": service.price_cents,
        "price": plain(service.price_cents),
        "billing_interval": service.billing_interval and service.billing_interval.value,
        "allowed_methods": [method.value for method in service.allowed_methods],
    }


def text() -> str:
    """The export as the file that `flask catalog export` writes."""
    return json.dumps(export(), indent=2, ensure_ascii=False) + "\n"


def read(copy: str) -> dict[str, Any]:
    """An exported copy from its text.

    Raises:
        NotACatalog: no JSON, or no object with a list of services that each have a slug.
    """
    try:
        value = json.loads(copy)
    except (ValueError, RecursionError):
        raise NotACatalog("The file is not JSON.") from None
    if not isinstance(value, dict) or not isinstance(value.get("services"), list):
        raise NotACatalog("The file holds no list of services.")
    if not all(isinstance(entry, dict) and isinstance(entry.get("slug"), str) for entry in value["services"]):
        raise NotACatalog("A service in the file has no slug.")
    return value


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[Difference]:
    """Every field in which a copy differs from our export, with the slug it belongs to."""
    return list(compared_heads(ours, theirs)) + list(compared_services(ours["services"], theirs["services"]))


def compared_heads(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Iterator[Difference]:
    names = [name for name in {**ours, **theirs} if name != "services"]
    return compared("catalog", names, ours, theirs)


def compared_services(ours: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> Iterator[Difference]:
    mine, copied = by_slug(ours), by_slug(theirs)
    for slug in {**mine, **copied}:
        if slug in mine and slug in copied:
            yield from compared(slug, list({**mine[slug], **copied[slug]}), mine[slug], copied[slug])
        else:
            yield Difference(slug, WHOLE, mine.get(slug, MISSING), copied.get(slug, MISSING))
    for slug in sorted({entry["slug"] for entry in theirs if count(theirs, entry["slug"]) > 1}):
        yield Difference(slug, WHOLE, "one entry", f"{count(theirs, slug)} entries")


def compared(
    slug: str, fields: list[str], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Iterator[Difference]:
    for field in fields:
        mine, copied = ours.get(field, MISSING), theirs.get(field, MISSING)
        if said(mine) != said(copied):
            yield Difference(slug, field, mine, copied)


def by_slug(services: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry["slug"]: entry for entry in services}


def count(services: list[dict[str, Any]], slug: str) -> int:
    return sum(entry["slug"] == slug for entry in services)


def said(value: object) -> str:
    """A value as JSON, so that 1, true and "1" stay different; absent values say so."""
    return "nothing" if value is MISSING else json.dumps(value, ensure_ascii=False, sort_keys=True)
