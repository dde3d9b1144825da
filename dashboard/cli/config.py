"""`flask config check`: each setting's state and the way out, never its value (spec OPS-02)."""

from __future__ import annotations

from collections.abc import Iterator

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from dashboard.config import Finding, Settings, State
from dashboard.unit import reading
from dashboard.upkeep.readiness import all_findings, birth_mode, database_findings, wrong


@click.group()
def config() -> None:
    """Look at the settings of this installation."""


@config.command()
@with_appcontext
def check() -> None:
    """List every setting: set, default, missing or wrong; end with 1 where a serving door would refuse."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    settings: Settings = app.extensions["settings"]
    findings = [*_one_each(all_findings(settings)), *_database(app, settings)]
    for finding in findings:
        click.echo(f"{finding.name:<26} {finding.state:<8} {finding.advice}".rstrip())
    for warning in _warnings(settings):
        click.echo(f"Note: {warning}")
    if refusals := wrong(findings):
        raise click.ClickException(f"{len(refusals)} settings forbid serving.")


def _one_each(findings: list[Finding]) -> list[Finding]:
    """What is wrong about a setting says more than that it is set."""
    by_name: dict[str, Finding] = {}
    for finding in findings:
        known = by_name.get(finding.name)
        if known is None or not wrong([known]):
            by_name[finding.name] = finding
    return list(by_name.values())


def _database(app: Flask, settings: Settings) -> Iterator[Finding]:
    """Whether the database answers, at which migration and in which mode it was born."""
    try:
        refusals = list(database_findings(settings, app.extensions["migrate"].directory))
        with reading() as session:
            born = birth_mode(session)
    except SQLAlchemyError as error:
        yield Finding("(database)", State.WRONG, f"It does not answer ({type(error).__name__}).")
        return
    yield from (Finding("(database)", finding.state, finding.advice) for finding in refusals)
    if not refusals:
        yield Finding("(database)", State.SET, f"At the newest migration; born in {born} mode.")


def _warnings(settings: Settings) -> Iterator[str]:
    if not settings.is_sqlite and not settings.database_owner_url:
        yield "One database role: only triggers keep the audit trail append-only. Set DATABASE_OWNER_URL."
        yield "One database role: only the portal's look-ups keep offices apart. Set DATABASE_OWNER_URL."
