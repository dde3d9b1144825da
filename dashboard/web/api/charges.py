"""Charges beside the monthly ones, by key (spec BIL-07)."""

from __future__ import annotations

from typing import Any

from dashboard import clock
from dashboard.billing import one_offs
from dashboard.web.api import idempotency, rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.finding import own_office
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right
from dashboard.web.api.wordings import CHARGEABLE

bp = Blueprint("api_charges", __name__, url_prefix="/api/v1/billing", description="One-off charges.")


@bp.post("/charges/one-off")
@may(Right.CHANGE_BILLING)
@bp.arguments(schemas.NewOneOff)
@bp.acts(schemas.Invoice)
def charge(told: dict[str, Any]) -> Any:
    """Charge an office for something once.

    Gives the invoice that this made: a draft, which is reviewed like a month's.
    """
    office, (kind, wording) = own_office(told["office_id"]), CHARGEABLE[told["item"]]
    invoice = one_offs.charge(
        office, wording, told["amount"], key=idempotency.entry_key(), now=clock.now(), kind=kind
    )
    return rows.invoices([invoice])[0]
