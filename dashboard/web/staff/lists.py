"""What lists whose filters are their URL share: addresses, chips of what is filtered, pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from flask import current_app

from dashboard.todos.keyset import Page
from dashboard.web.staff.shapes import Chip


def href(path: str, params: Mapping[str, str], **more: str | None) -> str:
    """The list with these filters; what is empty is left out, so one list has one address."""
    told = {name: value for name, value in {**params, **more}.items() if value}
    return f"{path}?{urlencode(told)}" if told else path


def chips(path: str, params: Mapping[str, str], form: Any) -> Iterator[Chip]:
    """Each filter that is on, in words, with the list that lacks it."""
    for name, value in params.items():
        word = dict(getattr(form[name], "choices", None) or {}).get(value, value)
        yield Chip(f"{form[name].label.text}: {word}", href(path, params, **{name: None}))


def around(path: str, params: Mapping[str, str], form: Any, found: Page, total: int) -> dict[str, Any]:
    """All that stands around the rows of a list."""
    return {
        "filters": form,
        "chosen": list(chips(path, params, form)),
        "clear_href": path,
        "here": href(path, params),
        "newer": found.newer and href(path, params, before=found.newer),
        "older": found.older and href(path, params, after=found.older),
        "total": total,
        "announce": None,
    }


def streamed(lines: Iterator[str]) -> Iterator[str]:
    """Each chunk in a context of its own: the request is over when the server asks for the next."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def chunks() -> Iterator[str]:
        while True:
            with app.app_context():
                chunk = next(lines, None)
            if chunk is None:
                return
            yield chunk

    return chunks()
