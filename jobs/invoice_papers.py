"""The paper of an invoice: drawn from its snapshot when it is first needed, kept, and never drawn anew."""

from __future__ import annotations

from dashboard import clock, documents, paper
from dashboard.errors import NotFound
from dashboard.gateways import joined
from dashboard.models import Document, Invoice
from dashboard.rows import found
from dashboard.unit import reading, writing


def kept(invoice_id: int) -> Document:
    """The paper's document, drawn and kept first if need be. Said outside any unit of work.

    Raises:
        NotFound: the invoice is not issued, so there is no paper.
    """
    with reading():
        invoice = found(Invoice, invoice_id, "invoice")
        document = documents.latest(documents.invoice_name(invoice))
        snapshot = invoice.snapshot
    if document is not None:
        return document
    if snapshot is None:
        raise NotFound("invoice")
    stored = documents.put(paper.invoice_pdf(snapshot), joined().store)
    with writing():
        return documents.keep_invoice(invoice, stored, now=clock.now())


def drawn(invoice_id: int) -> bytes:
    """The paper itself, as it was drawn first. Said outside any unit of work; the door audits the reading."""
    return documents.fetch(kept(invoice_id), joined().store)
