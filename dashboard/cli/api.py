"""`flask api`: the API's documentation, from its schemas. Needs no settings, no database."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from dashboard import ROOT
from dashboard.web.api import handbook
from dashboard.web.api.description import document

FILE = ROOT / "docs" / "api.md"


@click.group()
def api() -> None:
    """Write the documentation of the JSON API."""


@api.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), default=FILE)
@with_appcontext
def docs(file: Path) -> None:
    """Write FILE (docs/api.md) from the schemas."""
    file.write_text(handbook.text(document(current_app)), encoding="utf-8")
    click.echo(f"Wrote {file}.")
