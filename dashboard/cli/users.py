"""`flask users`: accounts from the terminal, for the first administrator and for the demo."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from dashboard import clock
from dashboard.config import Mode, Settings
from dashboard.errors import DomainError
from dashboard.models import User
from dashboard.people import accounts, invitations, second_factor
from dashboard.rights import Role
from dashboard.unit import reading, writing

STAFF = [role.value for role in Role if role.is_staff]


@click.group()
def users() -> None:
    """Make, list and shut accounts."""


@users.command()
@click.argument("email")
@click.option("--name", required=True, help="The person's name.")
@click.option("--role", type=click.Choice(STAFF), required=True)
@with_appcontext
def create(email: str, name: str, role: str) -> None:
    """Invite EMAIL and print the link by which the person opens the account. It works once."""
    try:
        with writing():
            user = accounts.invite(email, name, Role(role), now=clock.now())
            path = invitations.path_for(user, clock.now())
    except DomainError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"Invited as {role}. Give the person this link; it works once, for {invitations.HOURS} hours:")
    click.echo(f"{_settings().base_url}{path}")


@users.command("list")
@with_appcontext
def list_all() -> None:
    """Every account: ref, state, role, address."""
    with reading():
        everybody = accounts.everybody()
    for user in everybody:
        click.echo(f"{user.ref}  {user.state:9} {user.role:13} {user.email}")


@users.command()
@click.argument("name")
@with_appcontext
def code(name: str) -> None:
    """Print the code of NAME's app (a name, a role or an address) as it is now. In a demo only."""
    if _settings().mode is Mode.LIVE:
        raise click.ClickException("Only a demo gives codes away. Live accounts have an app.")
    user = _meant(name)
    if not user.totp_secret:
        raise click.ClickException("This account has no second factor yet.")
    click.echo(second_factor.code_at(user.totp_secret, datetime.now(UTC)))


@users.command()
@click.argument("name")
@with_appcontext
def disable(name: str) -> None:
    """Shut NAME's account (a name, a role or an address) and end its sessions."""
    ref = _meant(name).ref
    try:
        with writing():
            user = accounts.by_ref(ref)
            if user is not None:
                accounts.disable(user, by="", now=clock.now())
    except DomainError as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("The account is shut, and its sessions have ended.")


def _meant(name: str) -> User:
    """The one account that goes by this name, role, address or ref."""
    with reading():
        everybody = accounts.everybody()
    found = [user for user in everybody if name.casefold() in _names(user)]
    if len(found) != 1:
        raise click.ClickException(f"{len(found)} accounts go by {name!r}. See: flask users list")
    return found[0]


def _names(user: User) -> set[str]:
    email = (user.email or "").casefold()
    return {user.ref, email, email.partition("@")[0], (user.name or "").casefold(), user.role.value}


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
