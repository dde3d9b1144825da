"""What the demo's payment provider was told in the past: the letters of those days, kept as of then."""

from __future__ import annotations

from datetime import datetime

from dashboard.billing import customers, firm, invoices, letters
from dashboard.gateways.recorder import Recorder
from dashboard.models import Invoice, Office


def introduced(office: Office, at: datetime) -> None:
    """An office's customer was made at `at`, if its strings are verified."""
    letter = customers.to_send(office)
    if letter is not None:
        customers.was_made(office, letter, _provider(at).make_customer(letter))


def sent(invoice: Invoice, at: datetime) -> None:
    """An issued invoice was sent at `at`, if its office is verified."""
    letter = invoices.to_send(invoice, on=firm.ours().day(at))
    if letter is not None:
        invoices.was_sent(invoice, _provider(at).send_invoice(letter), at)


def _provider(at: datetime) -> Recorder:
    return Recorder(lambda purpose, reference, body: letters.keep(purpose, reference, body, at))
