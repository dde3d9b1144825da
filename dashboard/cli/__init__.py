"""The commands: `flask NAME`. Each opens the same units of work and calls the same rules as a page."""

from __future__ import annotations

from importlib import import_module, util
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

COMMANDS = {
    "api": ("api",),
    "audit": ("audit",),
    "billing": ("billing",),
    "catalog": ("catalog",),
    "config": ("config",),
    "demo": ("demo",),
    "keys": ("keys",),
    "processes": ("worker", "scheduler"),
    "up": ("up",),
    "users": ("users",),
}


def join(app: Flask) -> None:
    """Give the app its commands."""
    for module, names in COMMANDS.items():
        if util.find_spec(f"dashboard.cli.{module}") is None:
            continue
        commands = import_module(f"dashboard.cli.{module}")
        for name in names:
            app.cli.add_command(getattr(commands, name))
