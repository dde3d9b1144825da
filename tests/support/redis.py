"""The embedded Redis of the program, for tests: on a private socket in a short temporary folder."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.cli import embedded_redis
from dashboard.cli.children import end_group, start

START_SECONDS = 60


class Redis:
    """A Redis that a test may kill and start again; it then knows nothing of before."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.url = embedded_redis.url(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = start(embedded_redis.command(self.folder), os.environ)
        deadline = time.monotonic() + START_SECONDS
        while not embedded_redis.answers(self.folder):
            if time.monotonic() > deadline:
                raise RuntimeError((self.folder / "redis.log").read_text())
            time.sleep(0.02)

    def kill(self) -> None:
        """kill -9; does nothing when it is not running."""
        if self.process:
            end_group(self.process)
            self.process = None


@contextmanager
def redis_server() -> Iterator[Redis]:
    """A running Redis; its folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="countersign-redis-") as name:
        redis = Redis(Path(name))
        redis.start()
        try:
            yield redis
        finally:
            redis.kill()
