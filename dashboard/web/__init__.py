"""The browser's doors. Every view says which permission it needs; everything else about access is in
`access`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from dashboard.config import Mode
from dashboard.extensions import csrf, htmx, login_manager
from dashboard.web import access, assets, counts, doors, errors, filters, headers, health, serving
from dashboard.web.requests import LARGEST_BODY, Request

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.config import Settings


def join(app: Flask, settings: Settings) -> None:
    """Give the app its pages, and what all pages share. The order is that of a request: headers, CSRF,
    access.
    """
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        SESSION_COOKIE_NAME="__Host-form" if settings.is_live else "form",
        SESSION_COOKIE_SECURE=settings.is_live,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(hours=12),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=settings.is_live,
        TESTING=settings.mode is Mode.TEST,
        PROPAGATE_EXCEPTIONS=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    headers.join(app, settings)
    errors.join(app)
    assets.join(app)
    filters.join(app)
    serving.join(app)
    counts.join(app)
    access.identify(app)
    csrf.init_app(app)
    htmx.init_app(app)
    app.request_class = Request
    login_manager.init_app(app)
    access.join(app)
    health.join(app)
    doors.join(app)
