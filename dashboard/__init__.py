"""Countersign. `create_app` is the one place where everything is joined: read it first.

Its imports stand inside the functions, because importing any module of the package runs this file first,
and a worker that needs one rule should not load every page.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from dashboard.config import Settings

ROOT = Path(__file__).resolve().parent.parent


def create_app(settings: Settings | None = None) -> Flask:
    """The application, joined and ready to be served. Needs no secrets yet: the serving doors ask for
    them.
    """
    from flask import Flask

    from dashboard import cli, web
    from dashboard.config import Settings

    settings = settings or Settings.read(os.environ)
    app = Flask("dashboard", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.extensions["settings"] = settings
    _join_clock_and_logs(settings)
    _join_keys(settings)
    _join_database(app, settings)
    _join_gateways(app, settings)
    web.join(app, settings)
    cli.join(app)
    return app


def _join_clock_and_logs(settings: Settings) -> None:
    from dashboard import clock, logs
    from dashboard.billing import firm

    clock.follow(settings.clock_file)
    firm.follow(settings)
    logs.begin()


def _join_keys(settings: Settings) -> None:
    """Keys that cannot be read are said by name when something wants to serve, not here."""
    from dashboard import keyring

    with suppress(keyring.BadKeys):
        keyring.load(settings.field_keys, settings.field_keys_file)


def _join_database(app: Flask, settings: Settings) -> None:
    from dashboard import models, unit  # noqa: F401 - the models must be known before the first query
    from dashboard.extensions import db, migrate

    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = unit.engine_options(settings.database_url)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"))
    with app.app_context():
        unit.govern(db.engine)


def _join_gateways(app: Flask, settings: Settings) -> None:
    from dashboard.gateways import Gateways
    from dashboard.gateways.chat import ChatWebhook
    from dashboard.gateways.folder import FolderStore
    from dashboard.gateways.recorder import Recorder
    from dashboard.gateways.smtp import SmtpMailer

    app.extensions["gateways"] = Gateways(
        store=FolderStore(settings.data_dir / "documents"),
        mailer=SmtpMailer.of(settings) if settings.smtp_host else None,
        chat=ChatWebhook.of(settings) if settings.chat_webhook_url else None,
        payments=Recorder(keep=_keep_letter),
    )


def _keep_letter(purpose: str, reference: str, body: str) -> None:
    """What the payment provider is told goes into the database, in a unit of its own."""
    from dashboard import clock
    from dashboard.billing import letters
    from dashboard.unit import writing

    with writing():
        letters.keep(purpose, reference, body, clock.now())
