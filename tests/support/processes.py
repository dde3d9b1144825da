"""Real web, worker and scheduler processes for a test: started with an environment, killed, stopped.

What each prints goes to a file beside it, which a failing wait shows.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dashboard.cli.children import end_group, start
from dashboard.cli.up import FLASK
from tests.support.ports import HOST, free_port

PATIENCE = 90.0  # seconds; a wait ends as soon as it is so, and a busy machine is slow


class NotInTime(AssertionError):
    """What a test waited for did not come."""


class Processes:
    """The processes one test started, by name. `environment` is added to the suite's own."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = os.environ | dict(environment)
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def web(self, name: str = "web", *program: str) -> str:
        """A gunicorn on a free port of loopback, once it answers; gives its address."""
        port = free_port()
        self.start(name, sys.executable, "-m", "gunicorn", *program, PORT=str(port))
        self._wait_for(name, lambda: answers(port))
        return f"http://{HOST}:{port}"

    def worker(self, queues: str = "now,bulk", name: str = "worker") -> None:
        self.start(name, *FLASK, "worker", "--queues", queues)

    def scheduler(self, name: str = "scheduler") -> None:
        self.start(name, *FLASK, "scheduler")

    def start(self, name: str, *command: str, **more: str) -> None:
        """Any command under a name; starting a name again replaces one that ended."""
        with self.log_of(name).open("ab") as log:
            self.running[name] = start(command, self.environment | more, log)

    def kill(self, name: str) -> None:
        """kill -9, with all it started."""
        end_group(self.running.pop(name))

    def stop(self, name: str) -> int:
        """SIGTERM, then its exit code. What does not end in time is killed, and the test fails."""
        process = self.running.pop(name)
        process.terminate()
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise NotInTime(f"{name} did not drain.\n{self.said(name)}") from None
        finally:
            end_group(process)

    def stop_all(self) -> None:
        for process in self.running.values():
            process.terminate()
        for name in list(self.running):
            self.stop(name)

    def said(self, name: str) -> str:
        return self.log_of(name).read_text(errors="replace")

    def log_of(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '-')}.log"

    def _wait_for(self, name: str, is_so: Callable[[], bool]) -> None:
        try:
            until(lambda: self.running[name].poll() is not None or is_so())
        except NotInTime:
            raise NotInTime(f"{name} is not healthy.\n{self.said(name)}") from None
        if self.running[name].poll() is not None:
            raise NotInTime(f"{name} ended.\n{self.said(name)}")


@contextmanager
def processes(environment: Mapping[str, str], folder: Path) -> Iterator[Processes]:
    """Processes that are all gone afterwards, logs in `folder`."""
    mine = Processes(environment, folder)
    try:
        yield mine
    finally:
        for process in mine.running.values():
            end_group(process)


def until(is_so: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for something someone could see.

    Raises:
        NotInTime: it did not become so.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise NotInTime(f"Still not so after {seconds:.0f} s.")
        time.sleep(0.05)


def answers(port: int, path: str = "/healthz") -> bool:
    web = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        web.request("GET", path)
        return web.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        web.close()
