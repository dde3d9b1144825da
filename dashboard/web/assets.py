"""Static files by content: the address changes with the bytes, so a browser may keep them for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Response, request, url_for

if TYPE_CHECKING:
    from flask import Flask

FOREVER = "public, max-age=31536000, immutable"


def join(app: Flask) -> None:
    """Give templates `asset('app.css')`, and versioned static answers a long life."""
    folder = Path(app.static_folder or "static")

    def version(name: str) -> str:
        path = folder / name
        return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else ""

    @cache
    def asset(name: str) -> str | None:
        """The file's address, or None where set-up has not brought it (htmx: pages work without)."""
        known = version(name)
        return url_for("static", filename=name, v=known) if known else None

    @app.after_request
    def keep(answer: Response) -> Response:
        if request.endpoint == "static" and request.args.get("v"):
            answer.headers["Cache-Control"] = FOREVER
        return answer

    app.jinja_env.globals["asset"] = asset
