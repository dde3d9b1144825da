"""Who plays the roles outside in the tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from dashboard.gateways import Gateways
from tests.support.mail_server import Inbox, mail_server
from tests.support.outbox import served_by


@pytest.fixture
def gateways(app: Flask) -> Iterator[Gateways]:
    """Whoever plays the roles in a test; nobody afterwards."""
    before: Gateways = app.extensions["gateways"]
    yield before
    app.extensions["gateways"] = before


@pytest.fixture
def inbox(app: Flask, gateways: Gateways) -> Iterator[Inbox]:
    """A mail server that the app sends to."""
    with mail_server() as found:
        served_by(app, found.port)
        yield found
