"""Answering with a page or with one of its blocks: one template, so the two cannot drift."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from jinja2_fragments.flask import render_block


def wants_fragment() -> bool:
    """Whether htmx asked for a part of the page. A history restore or a plain request wants all of it."""
    return request.headers.get("HX-Request-Type") == "partial"


def page(template: str, *, fragment: str | None = None, **context: Any) -> str:
    """The whole page; or, when htmx asks and the page has that block, the block `fragment` alone."""
    if fragment and wants_fragment():
        return str(render_block(template, fragment, **context))
    return render_template(template, **context)
