"""`flask keys`: make a key, see which are in use, bring all under the active one. When: docs/security.md."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from dashboard import keyring
from dashboard.upkeep import rotation

SHOWN_ROWS = 20


@click.group()
def keys() -> None:
    """Make, count and rotate the keys that seal columns and documents."""


@keys.command()
@click.argument("key_id", required=False)
@click.option("--ring", is_flag=True, help="A whole new ring, one entry a line, for a new installation.")
def new(key_id: str | None, ring: bool) -> None:
    """Print a fresh random key as an entry for FIELD_KEYS or its file. Nothing is stored."""
    key_id = key_id or f"k{datetime.now(UTC):%Y%m%d}"
    text = keyring.new_ring(key_id) if ring else keyring.new_entry(key_id)
    click.echo(text.replace(",", "\n"))


@keys.command()
@with_appcontext
def status() -> None:
    """Say how many sealed values lie under which key, and which keys may be taken off the ring."""
    ring = _ring()
    used = {key_id for counts in _counted() for key_id in counts}
    for key_id in sorted(used - set(ring.ids)):
        click.echo(f"{key_id}: NOT ON THE RING, its values cannot be read.", err=True)
    for key_id in ring.ids[1:]:
        click.echo(f"{key_id}: {'still needed' if key_id in used else 'may be taken off the ring'}.")


@keys.command()
@with_appcontext
def rotate() -> None:
    """Re-seal all under the ring's first key. Online, harmless to repeat; ends with 1 if some are left."""
    ring = _ring()
    done = rotation.rotate()
    click.echo(f"{done.rewritten} values brought under {ring.active.id}; {done.left} left.")
    for row in sorted(done.unreadable)[:SHOWN_ROWS]:
        click.echo(f"Does not open: {row}", err=True)
    if not done.is_complete:
        raise click.ClickException(
            "Some values were in use or do not open: keep the older keys and run it again."
        )


def _counted() -> list[dict[str, int]]:
    """Print the table and hand on its counts."""
    usage = rotation.usage()
    for column, counts in usage.items():
        for key_id, count in sorted(counts.items()):
            click.echo(f"{column.table}.{column.column}\t{key_id}\t{count}")
    return [dict(counts) for counts in usage.values()]


def _ring() -> keyring.KeyRing:
    try:
        return keyring.ring()
    except keyring.NoKeys:
        raise click.ClickException(
            "Set FIELD_KEYS or FIELD_KEYS_FILE first. Make one with: flask keys new --ring"
        ) from None
