"""An office as the payment provider's customer: made by its verified strings alone (spec OFF-03)."""

from __future__ import annotations

from dashboard.background import later
from dashboard.billing import invoices
from dashboard.crypto import blind_index
from dashboard.models import Office
from dashboard.outbound import OutboundCustomer, Reference, Verified


def ask_to_make(office: Office) -> None:
    """Have the customer made; said when an office is verified."""
    later("billing.send_customer", key=f"customer:{office.ref}", office_id=office.id)


def to_send(office: Office) -> OutboundCustomer | None:
    """The letter for the payment provider; None while the strings are not verified."""
    if not (office.is_verified and office.verified_name and office.verified_email):
        return None
    return OutboundCustomer(
        Reference(office.ref), Verified(office.verified_name), Verified(office.verified_email)
    )


def was_made(office: Office, told: OutboundCustomer, customer_id: str) -> None:
    """Keep the provider's id, and have everything sent that waited for it. What was verified meanwhile is
    told after it.
    """
    office.payment_provider_customer_id = customer_id
    office.payment_provider_customer_index = blind_index(
        customer_id, purpose="offices.payment_provider_customer_id", fold=False
    )
    invoices.send_waiting(office)
    if to_send(office) not in {None, told}:
        ask_to_make(office)
