"""Every blueprint, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask


def join(app: Flask) -> None:
    """Register every blueprint."""
    from dashboard.web import auth, portal, public, staff
    from dashboard.web.api import doors as api

    for blueprint in (*auth.BLUEPRINTS, *public.BLUEPRINTS, *portal.BLUEPRINTS, *staff.BLUEPRINTS):
        app.register_blueprint(blueprint)
    api.join(app)
