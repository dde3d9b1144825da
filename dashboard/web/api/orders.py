"""Orders by key (spec INT-04)."""

from __future__ import annotations

from typing import Any

from dashboard import catalog, clock, orders
from dashboard import intake as intakes
from dashboard.models import OrderSource
from dashboard.web.api import idempotency, rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint("api_orders", __name__, url_prefix="/api/v1", description="Orders of services.")


@bp.post("/orders")
@may(Right.PLACE_ORDERS)
@bp.arguments(schemas.NewOrder)
@bp.acts(schemas.Order)
def place(told: dict[str, Any]) -> Any:
    """Place an order for one service.

    It is fulfilled when it is paid.
    """
    order = orders.place(
        catalog.service(told["service_slug"]),
        intakes.checked(told["intake_data"]),
        customer_name=told["customer_name"],
        customer_email=told.get("customer_email"),
        method=told["method"],
        source=OrderSource.PROGRAM,
        entry_key=idempotency.entry_key(),
        now=clock.now(),
    )
    return rows.order(order)
