"""`flask audit`: verify the trail, export it, check an export offline, make the key that signs seals."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from dashboard import clock
from dashboard.audit import exports
from dashboard.audit.signing import BadSigningKey, SigningKeys, new_signing_key, read_keys
from dashboard.audit.verify import Report, verify
from dashboard.audit.walk import Fault
from dashboard.config import Settings
from dashboard.unit import reading

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def audit() -> None:
    """Verify, export and seal the audit trail."""


@audit.command("verify")
@with_appcontext
def verify_chain() -> None:
    """Check every event, link and seal; end with 1 and name the places where something is wrong."""
    settings: Settings = current_app.extensions["settings"]
    with reading() as session:
        report = verify(session, _keys(), settings.data_dir / "seals")
    click.echo(f"{report.links} linked events, {report.seals} seals checked.")
    _say_waiting(report)
    _end(report.faults, report.total_faults)


@audit.command()
@click.argument("file", type=FILE)
@with_appcontext
def export(file: Path) -> None:
    """Write the whole chain with its seals to FILE."""
    with reading() as session:
        part = exports.stretch(session)
    with file.open("w", encoding="ascii") as opened:
        opened.writelines(exports.lines(part, _keys()))
    click.echo(f"Wrote {part.rows} events to {file}.")


@audit.command("verify-export")
@click.argument("file", type=EXISTING)
@click.option("--key", "key", type=EXISTING, help="The public keys you trust (PEM); else SIGNING_KEY_FILE.")
@with_appcontext
def verify_export(file: Path, key: Path | None) -> None:
    """Check an export without any database; end with 1 where something is wrong."""
    try:
        with file.open(encoding="ascii", errors="replace") as opened:
            walk = exports.verify_export(opened, _keys(key))
    except exports.NotAnExport as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{walk.links} linked events, {walk.seals} seals checked; sealed up to seq {walk.sealed}.")
    _end(walk.faults(), walk.total)


@audit.command("new-key")
@click.argument("file", type=FILE)
@click.option("--after", type=EXISTING, help="The key file until now, whose seals go on being vouched for.")
def new_key(file: Path, after: Path | None) -> None:
    """Write a fresh signing key to FILE, which must not exist yet."""
    older = _keys(after).public_pem() if after else ""
    try:
        line = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise click.ClickException(f"{file} exists; a key is never written over another.") from None
    with os.fdopen(line, "w") as opened:
        opened.write(new_signing_key() + older)
    click.echo(f"Wrote {file}. Set SIGNING_KEY_FILE to it, and keep it apart from backups.")


@audit.command("public-key")
@with_appcontext
def public_key() -> None:
    """Print the public keys: what somebody needs to check an export."""
    click.echo(_keys().public_pem(), nl=False)


def _keys(file: Path | None = None) -> SigningKeys:
    found = file or current_app.extensions["settings"].signing_key_file
    if found is None:
        raise click.ClickException("Set SIGNING_KEY_FILE first. Make one with: flask audit new-key FILE")
    try:
        return read_keys(found)
    except BadSigningKey as error:
        raise click.ClickException(str(error)) from None


def _say_waiting(report: Report) -> None:
    events, since = report.waiting
    if since is None:
        return
    seconds = max(0, round((clock.now() - since).total_seconds()))
    click.echo(f"{events} newest events are not linked yet; the oldest waits {seconds} s.")


def _end(faults: Iterable[Fault], total: int) -> None:
    """Print the faults and leave with 1, or say that there are none."""
    for fault in faults:
        click.echo(str(fault), err=True)
    if total:
        raise click.ClickException(f"{total} faults: the trail was changed or damaged at these places.")
    click.echo("Sound.")
