"""Asking for the monthly run, by key."""

from __future__ import annotations

from typing import Any

from dashboard import clock
from dashboard.billing import monthly_run
from dashboard.web.api import keys, rows, schemas
from dashboard.web.api.doing import Blueprint
from dashboard.web.api.keys import may
from dashboard.web.api.rights import Right

bp = Blueprint("api_runs", __name__, url_prefix="/api/v1/billing", description="The monthly run.")


@bp.post("/invoices/generate-monthly")
@may(Right.CHANGE_BILLING)
@bp.arguments(schemas.Nothing, required=False)
@bp.acts(schemas.Run, 202)
def generate(_: dict[str, Any]) -> Any:
    """Have every period that has ended closed.

    While a run is unfinished, asking again gives the same one.
    """
    now = clock.now()
    return rows.run(monthly_run.ask(now, keys.program().ref, now))
