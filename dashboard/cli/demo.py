"""`flask demo`: fill a demo, and say who may sign in to it."""

from __future__ import annotations

import click
import pyotp
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from dashboard import clock
from dashboard.config import Settings
from dashboard.demo import cast, firm
from dashboard.errors import DomainError
from dashboard.models import User
from dashboard.unit import reading


@click.group()
def demo() -> None:
    """The invented firm of a demo."""


@demo.command()
@click.option("--todos", default=firm.SMALL, show_default=True, help="How many todos the queue ends up with.")
@with_appcontext
def load(todos: int) -> None:
    """Fill the demo up to that many todos. Harmless to repeat."""
    settings: Settings = current_app.extensions["settings"]
    try:
        added = firm.load(settings, todos=todos, now=clock.now(), told=_progress(todos))
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Added {added:,} todos." if added else "The demo data is there.")


def _progress(whole: int):  # type: ignore[no-untyped-def]
    def told(added: int) -> None:
        if whole > firm.SMALL and added % 10_000 == 0:
            click.echo(f"  {added:,} of {whole:,}")

    return told


@demo.command()
@with_appcontext
def accounts() -> None:
    """Print each demo account with its password and the code of this moment."""
    settings: Settings = current_app.extensions["settings"]
    if settings.mode != "demo":
        raise click.ClickException(str(firm.NotADemo()))
    with reading() as session:
        users = session.scalars(select(User).order_by(User.id)).all()
    click.echo(f"\nPassword of every demo account: {cast.password(settings.secret_key or '')}")
    for user in users:
        if user.totp_secret:
            click.echo(f"  {user.email:26} {user.role:12} code now {pyotp.TOTP(user.totp_secret).now()}")
    click.echo("A code lasts half a minute and works once. A fresh one: flask users code EMAIL\n")
