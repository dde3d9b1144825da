"""The API's doors, its description and its page, in one list."""

from __future__ import annotations

from flask import Flask

from dashboard.extensions import csrf
from dashboard.web.api import (
    activations,
    charges,
    documentation,
    invoices,
    orders,
    patients,
    runs,
    subscriptions,
)
from dashboard.web.api.description import new_api

MODULES = (invoices, patients, activations, charges, runs, subscriptions, orders)


def join(app: Flask) -> None:
    """Register every door. A key is no cookie, so that forms of other sites cannot lend it: no CSRF."""
    api = new_api(app)
    for module in MODULES:
        csrf.exempt(module.bp)
        api.register_blueprint(module.bp)
    app.register_blueprint(documentation.bp)
