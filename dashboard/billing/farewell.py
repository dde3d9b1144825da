"""Confirming by mail that an office's subscription was canceled (spec POR-01)."""

from __future__ import annotations

from datetime import datetime

from dashboard import notifications
from dashboard.models import Office, User


def confirm(office: Office, ends: datetime, asked_by: User, now: datetime) -> None:
    """Write to whoever canceled and to the billing address that the subscription ends at `ends` (UTC)."""
    addresses = {address for address in (asked_by.email, office.billing_email) if address}
    for number, address in enumerate(sorted(addresses)):
        key = f"subscription-canceled:{office.ref}:{int(ends.timestamp())}:{number}"
        notifications.tell("subscription_canceled", to=address, key=key, user=asked_by, now=now)
