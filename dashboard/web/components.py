"""The macros of templates/components as template globals, so that a block drawn alone has them too."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from jinja2 import Environment

MACROS = {
    "components/marks.html": (
        "status_mark", "priority_mark", "money", "when", "due_mark", "npi", "count_mark",
    ),
    "components/forms.html": (
        "csrf_field", "version_field", "next_field", "key_field", "field", "field_notes", "form_errors",
    ),
    "components/lists.html": ("tabs", "chips", "pager", "empty_state", "numbers"),
    "components/page.html": ("sprite", "live_region", "announcement", "flashes"),
}  # fmt: skip


def join(environment: Environment) -> None:
    """Make every macro callable by its name; a template is loaded when its first macro is called."""
    for path, names in MACROS.items():
        environment.globals.update({name: _macro(environment, path, name) for name in names})


def _macro(environment: Environment, path: str, name: str) -> Callable[..., Any]:
    """Looked up once: a list draws its marks a hundred times a page."""

    def found() -> Callable[..., Any]:
        macro: Callable[..., Any] = getattr(environment.get_template(path).module, name)
        return macro

    known = cache(found)

    def call(*values: Any, **named: Any) -> Any:
        return (found if environment.auto_reload else known)()(*values, **named)

    return call
