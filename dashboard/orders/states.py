"""The closed tables of how an order's payment and status may go on (spec CHK-07)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from dashboard.errors import DomainError
from dashboard.models import OrderStatus, PaymentStatus

State = TypeVar("State", bound=StrEnum)
S, P = OrderStatus, PaymentStatus

STATUS: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    S.PENDING: frozenset({S.ACTIVE, S.CANCELED}),
    S.ACTIVE: frozenset({S.PAST_DUE, S.COMPLETED, S.CANCELED}),
    S.PAST_DUE: frozenset({S.ACTIVE, S.CANCELED}),
    S.COMPLETED: frozenset({S.ACTIVE, S.CANCELED}),
    S.CANCELED: frozenset(),
}

PAYMENT: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    P.UNPAID: frozenset({P.PROCESSING, P.PAID, P.FAILED, P.EXPIRED}),
    P.PROCESSING: frozenset({P.PAID, P.FAILED, P.EXPIRED}),
    P.FAILED: frozenset({P.PROCESSING, P.PAID}),
    P.EXPIRED: frozenset({P.PROCESSING, P.PAID}),
    P.PAID: frozenset({P.PARTIALLY_REFUNDED, P.REFUNDED, P.DISPUTED}),
    P.PARTIALLY_REFUNDED: frozenset({P.REFUNDED, P.DISPUTED}),
    P.REFUNDED: frozenset(),
    P.DISPUTED: frozenset({P.PAID}),
}

RECEIVED = frozenset({P.PAID, P.PARTIALLY_REFUNDED, P.REFUNDED, P.DISPUTED})


class TransitionRefused(DomainError):
    """An order cannot go from this state to that one."""

    code = "TRANSITION_REFUSED"

    def __init__(self, what: str, old: StrEnum, new: StrEnum) -> None:
        self.old, self.new = old, new
        super().__init__(f"The {what} of an order cannot go from {worded(old)} to {worded(new)}.")


def worded(state: StrEnum) -> str:
    return state.value.replace("_", " ")


def next_status(old: OrderStatus, new: OrderStatus) -> OrderStatus:
    """`new`, if an order may become that.

    Raises:
        TransitionRefused: it names both states.
    """
    return _next("status", STATUS, old, new)


def next_payment(old: PaymentStatus, new: PaymentStatus) -> PaymentStatus:
    """`new`, if the payment may become that.

    Raises:
        TransitionRefused: it names both states.
    """
    return _next("payment", PAYMENT, old, new)


def _next(what: str, table: Mapping[State, frozenset[State]], old: State, new: State) -> State:
    if new is not old and new not in table[old]:
        raise TransitionRefused(what, old, new)
    return new


def may_be_paid(status: OrderStatus, payment: PaymentStatus) -> bool:
    """Whether a payment can still be recorded."""
    return status is not S.CANCELED and P.PAID in PAYMENT[payment] and payment is not P.DISPUTED


def may_be_canceled(status: OrderStatus) -> bool:
    """Whether an order can still be canceled."""
    return S.CANCELED in STATUS[status]
