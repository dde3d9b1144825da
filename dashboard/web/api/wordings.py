"""The closed list of what may be charged beside the monthly invoices, as programs name it (spec BIL-07)."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.billing.one_offs import WORDINGS
from dashboard.models import InvoiceType
from dashboard.outbound import Wording

CHARGEABLE: Mapping[str, tuple[InvoiceType, Wording]] = {
    wording.name.lower(): (kind, wording) for kind, wordings in WORDINGS.items() for wording in wordings
}
