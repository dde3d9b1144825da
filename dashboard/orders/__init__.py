"""Orders: taking them, getting them paid, doing them. A sold service from its first word to its last."""

from dashboard.orders.canceling import cancel
from dashboard.orders.changes import change_intake
from dashboard.orders.orders import place
from dashboard.orders.payments import record_payment
from dashboard.orders.terms import MethodNotAllowed, intake_of

__all__ = ["MethodNotAllowed", "cancel", "change_intake", "intake_of", "place", "record_payment"]
