"""A database in memory for one simulation: made, asked, forgotten. It needs no settings and no keys."""

from __future__ import annotations

from flask import Flask

from dashboard import models, unit  # noqa: F401 - the tables must be known before they are made
from dashboard.billing.simulation import Case, Month, simulate
from dashboard.extensions import db
from dashboard.unit import writing


def simulated(case: Case) -> list[Month]:
    """The office's cycles, by the same statements as on a real database."""
    app = Flask("simulation")
    app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite://"
    db.init_app(app)
    with app.app_context():
        unit.govern(db.engine)
        try:
            with writing() as session:
                db.metadata.create_all(session.connection())
            with writing():
                return simulate(case)
        finally:
            db.engine.dispose()
