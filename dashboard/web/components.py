"""The macros of templates/components as template globals, so that a block drawn alone has them too."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from jinja2 import Environment

MACROS = {
    "components/marks.html": (
        "status_mark", "priority_mark", "money", "when", "due_mark", "npi", "count_mark",
    ),
    "components/forms.html": (
        "csrf_field", "version_field", "next_field", "key_field", "field", "zone_list", "field_notes",
        "form_errors",
    ),
    "components/lists.html": ("tabs", "chips", "pager", "empty_state", "numbers"),
    "components/page.html": ("sprite", "live_region", "announcement", "flashes"),
}  # fmt: skip
KEPT = {
    "components/rail.html": ("rail",),
    "staff/_queue_choices.html": ("queue_choices",),
    "staff/_queue_actions.html": ("queue_actions",),
    "staff/_queue_row.html": ("queue_row", "due_cell", "state_cells"),
}
MOST_KEPT = 4096


def join(environment: Environment) -> None:
    """Make every macro callable by its name; a template is loaded when its first macro is called."""
    for path, names in MACROS.items():
        environment.globals.update({name: _macro(environment, path, name) for name in names})
    for path, names in KEPT.items():
        environment.globals.update({name: _kept(environment, path, name) for name in names})


def _macro(environment: Environment, path: str, name: str) -> Callable[..., Any]:
    """Looked up once: a list draws its marks a hundred times a page."""

    def found() -> Callable[..., Any]:
        macro: Callable[..., Any] = getattr(environment.get_template(path).module, name)
        return macro

    known = cache(found)

    def call(*values: Any, **named: Any) -> Any:
        return (found if environment.auto_reload else known)()(*values, **named)

    return call


def _kept(environment: Environment, path: str, name: str) -> Callable[..., Any]:
    """A macro whose HTML is kept by its arguments, which are all that it shows: plain values, no forms' data,
    nothing of a session's own.
    """
    draw = _macro(environment, path, name)
    return draw if environment.auto_reload else lru_cache(MOST_KEPT)(draw)
