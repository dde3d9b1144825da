"""Invoice numbers: one series an office, without gaps however many issue at once (spec INV-03).

A number says nothing of the firm's volume: each office counts for itself, after its own random code.
"""

from __future__ import annotations

from dashboard.extensions import db
from dashboard.models import CreditNote, Invoice, NumberSeries, Office
from dashboard.models.base import new_reference
from dashboard.unit import insert


def next_number(office: Office) -> str:
    """The office's next invoice number: its code, then 0001 and so on.

    The series is this unit's until it ends, and a unit that fails gives its number back: so there is no gap.
    """
    session = db.session()
    begun = insert(session, NumberSeries).values(ref=new_reference(), office_id=office.id, next_number=2)
    counting = begun.on_conflict_do_update(
        index_elements=["office_id"], set_={"next_number": NumberSeries.next_number + 1}
    )
    number = session.execute(counting.returning(NumberSeries.next_number)).scalar_one() - 1
    return f"{office.code}-{number:04d}"


def next_credit_number(invoice: Invoice) -> str:
    """The number of the next credit note on an invoice, which is locked: its own number, then C1, C2."""
    noted = db.session.query(CreditNote).where(CreditNote.invoice_id == invoice.id).count()
    return f"{invoice.number}-C{noted + 1}"
