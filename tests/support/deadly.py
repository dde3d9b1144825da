"""The app with one job more, which kills whoever runs it: for `flask --app tests.support.deadly worker`."""

from __future__ import annotations

import os
import signal

from dashboard import create_app
from jobs import job

__all__ = ["create_app"]


@job("tests.kill_the_worker")
def kill_the_worker() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
