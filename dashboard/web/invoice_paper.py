"""An invoice's paper as an answer, for every door that may give it."""

from __future__ import annotations

from flask import Response

from dashboard.documents import PDF
from dashboard.models import Invoice
from jobs import invoice_papers


def paper(invoice: Invoice) -> Response:
    """The PDF as a download. Said outside any unit of work; the door audits the reading.

    Raises:
        NotFound: the invoice is not issued.
    """
    answer = Response(invoice_papers.drawn(invoice.id), mimetype=PDF)
    answer.headers.set("Content-Disposition", "attachment", filename=f"invoice-{invoice.number}.pdf")
    return answer
