"""Which key opens which door of the API: the table of API-02, in one place."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from dashboard.rights import Role


class Right(StrEnum):
    """What a door of the API asks of a key, in the words the refusal uses."""

    SEE_BILLING = "see billing by key"
    TELL_PATIENTS = "tell of patients by key"
    CHANGE_BILLING = "change billing by key"
    PLACE_ORDERS = "place orders by key"


R = Right
OFFICE_KEY = frozenset({R.SEE_BILLING, R.TELL_PATIENTS})
ALL = frozenset(Right)

ROLE_KEYS: Mapping[Role, frozenset[Right]] = {
    Role.ADMIN: ALL,
    Role.BILLING: ALL,
    Role.COMPLIANCE: frozenset({R.SEE_BILLING}),
    Role.READ_ONLY: frozenset({R.SEE_BILLING}),
    Role.FULFILLMENT: frozenset({R.PLACE_ORDERS}),
    Role.REVIEWER: frozenset(),
}


def of_key(role: Role | None) -> frozenset[Right]:
    """What a key of this staff role may do; without a role, a key of an office."""
    return OFFICE_KEY if role is None else ROLE_KEYS.get(role, frozenset())
