"""The services we sell, by slug (CAT-01, CAT-02)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dashboard.catalog.records import (
    ChecklistItem,
    Fulfillment,
    Interval,
    Method,
    Portal,
    Priority,
    Service,
)
from dashboard.catalog.services import APPLICATION_FEE, SERVICES
from dashboard.errors import DomainError, NotFound

__all__ = [
    "APPLICATION_FEE",
    "BY_SLUG",
    "SERVICES",
    "ChecklistItem",
    "Fulfillment",
    "Interval",
    "Method",
    "Portal",
    "Priority",
    "Service",
    "UnknownService",
    "service",
]

BY_SLUG: Mapping[str, Service] = MappingProxyType({each.slug: each for each in SERVICES})


class UnknownService(NotFound):
    """Nobody sells a service of this slug."""

    code = "UNKNOWN_SERVICE"
    field = "service_slug"

    def __init__(self, slug: str) -> None:
        self.slug = slug
        DomainError.__init__(self, f"There is no service “{slug[:60]}”. We sell: {', '.join(BY_SLUG)}.")


def service(slug: str) -> Service:
    """The service of this slug.

    Raises:
        UnknownService: a slug that we do not sell (CAT-02); it names the slug.
    """
    try:
        return BY_SLUG[slug]
    except KeyError:
        raise UnknownService(slug) from None
