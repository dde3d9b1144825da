"""One of several that work on a monthly run at once: `python -m tests.support.runner CHUNK START [AS_OF]`.

It says when it is ready, and begins once the file START is there, so that all begin at the same moment. At
the end it says how much memory it took.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from datetime import datetime
from pathlib import Path

import click

from dashboard import actor, clock, create_app
from dashboard.billing import monthly_run
from dashboard.config import Settings
from dashboard.unit import writing
from jobs import months

READY, PEAK = "ready to run", "peak KiB:"


def work(most: int, start: Path, as_of: datetime | None = None) -> None:
    click.echo(READY)
    while not start.exists():
        time.sleep(0.005)
    now = clock.now()
    with writing():
        run = monthly_run.ask(as_of or now, actor.current().name, now)
    months.work(run.id, most=most)
    click.echo(f"{PEAK} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}")


if __name__ == "__main__":
    with create_app(Settings.read(os.environ)).app_context():
        work(int(sys.argv[1]), Path(sys.argv[2]), *map(datetime.fromisoformat, sys.argv[3:]))
