"""`flask catalog`: the public copy of what we sell, written and compared. Needs no settings, no database."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.catalog import published


@click.group()
def catalog() -> None:
    """Write the public catalog, or compare a copy of it."""


@catalog.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export(file: Path | None) -> None:
    """Write the public JSON to FILE, or print it."""
    if file is None:
        click.echo(published.text(), nl=False)
    else:
        file.write_text(published.text(), encoding="utf-8")
        click.echo(f"Wrote {file}.")


@catalog.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Compare FILE with the catalog; end with 1 where slug and field differ, with 2 if it is no catalog."""
    try:
        copy = published.read(file.read_text(encoding="utf-8"))
    except (published.NotACatalog, UnicodeDecodeError) as error:
        raise click.UsageError(f"{file}: {error}") from None
    differences = published.differences(published.export(), copy)
    for difference in differences:
        click.echo(str(difference), err=True)
    if differences:
        raise click.ClickException(
            f"{file} differs in {len(differences)} places. Write it anew: flask catalog export {file}"
        )
    click.echo(f"{file} says the same as the catalog.")
