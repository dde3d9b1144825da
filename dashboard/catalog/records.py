"""What the catalog says about a service: the shape of its records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Method(StrEnum):
    """How a client may pay."""

    CARD = "card"
    ACH = "ach"


class Interval(StrEnum):
    """How often a recurring service bills again."""

    MONTH = "month"


class Priority(StrEnum):
    """How urgent the fulfilment is."""

    HIGH = "high"
    NORMAL = "normal"


class Fulfillment(StrEnum):
    """What kind of work fulfils a service: a filing, a screening, or several services in one."""

    FILING = "filing"
    SCREENING = "screening"
    BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Portal:
    """A site of an agency where staff look things up or file."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One thing to do before a todo is complete; `help` says what to write into a note about it."""

    key: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """One service as it is sold now. Money is whole cents; `billing_interval` None means paid once.

    `sentence` is for clients. `action`, `access_standard`, `access_expedited`, `portals` and `checklist` are
    for staff only (CAT-05); an empty `access_expedited` means that no access of the client's is ever needed.
    """

    slug: str
    name: str
    price_cents: int
    priority: Priority
    fulfillment: Fulfillment
    sentence: str
    action: str
    access_standard: str
    access_expedited: str
    portals: tuple[Portal, ...]
    checklist: tuple[ChecklistItem, ...]
    billing_interval: Interval | None = None
    allowed_methods: tuple[Method, ...] = (Method.CARD, Method.ACH)
    covers_months: int | None = None
    spawns: tuple[str, ...] = ()

    @property
    def is_recurring(self) -> bool:
        """Whether it bills again by itself until somebody cancels."""
        return self.billing_interval is not None
