"""What every answer says to the browser (spec SEC-02), and how far forwarded headers are believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response, redirect, request
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

    from dashboard.config import Settings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
A_YEAR = "max-age=31536000; includeSubDomains"
HEALTH = {"health.alive", "health.ready"}


def join(app: Flask, settings: Settings) -> None:
    """Put the headers on every answer, and send plain http to https on a live system."""
    if proxies := settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )

    @app.before_request
    def insist_on_https() -> AnyResponse | None:
        if settings.is_live and not request.is_secure and request.endpoint not in HEALTH:
            return redirect(request.url.replace("http://", "https://", 1), 308)
        return None

    @app.after_request
    def say(answer: Response) -> Response:
        for name, value in ALWAYS.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Cache-Control", "no-store")
        answer.vary.update(("HX-Request", "HX-Request-Type", "Cookie"))
        if settings.is_live:
            answer.headers["Strict-Transport-Security"] = A_YEAR
        return answer
