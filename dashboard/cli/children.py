"""Child processes that never outlive their parent and come back when they die.

Start them from the main thread: the kernel ends them with the thread that started them.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import click

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
CALM_AFTER = 10.0
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def always() -> bool:
    return True


@dataclass
class Child:
    """One process we keep alive. `is_ready` says when others may rely on it. All times in seconds."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_ready: Callable[[], bool] = always
    process: subprocess.Popen[bytes] | None = None
    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float = field(default=0.0, repr=False)

    def start(self) -> None:
        self.process = start(self.command, self.environment)
        self.started = time.monotonic()

    def keep_alive(self) -> None:
        """Start it again when it died: at once after a calm life, with growing pauses when it keeps dying."""
        if self.process and self.process.poll() is not None:
            self._mourn(self.process)
        if self.process is None and time.monotonic() >= self.due:
            self.start()

    def _mourn(self, process: subprocess.Popen[bytes]) -> None:
        if time.monotonic() - self.started > CALM_AFTER:
            self.pause = FIRST_PAUSE
        click.echo(f"{self.name} ended ({cause(process)}); it starts again in {self.pause:.1f} s.", err=True)
        end_group(process)
        self.process, self.due = None, time.monotonic() + self.pause
        self.pause = min(2 * self.pause, LONGEST_PAUSE)


def start(
    command: Sequence[str], environment: Mapping[str, str], output: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    """In a process group of its own, so that Ctrl-C reaches the parent only, which then drains in order.

    What it prints goes to `output`, else where our own goes.
    """
    parent = os.getpid()
    return subprocess.Popen(
        command,
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        process_group=0,
        preexec_fn=lambda: _end_with(parent),
    )


def _end_with(parent: int) -> None:
    """Have the kernel send SIGTERM when the parent dies, even by kill -9; it may be dead already."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def drain(children: Sequence[Child], seconds: float, is_hurried: Callable[[], bool] = lambda: False) -> None:
    """SIGTERM to all at once; after `seconds`, or when hurried, SIGKILL to whole groups of what is left."""
    running = [child.process for child in children if child.process and child.process.poll() is None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + seconds
    while any(process.poll() is None for process in running):
        if time.monotonic() > deadline or is_hurried():
            break
        time.sleep(0.05)
    for process in running:
        end_group(process)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to all of it: a master that was killed leaves workers behind, which hold its port."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def cause(process: subprocess.Popen[bytes]) -> str:
    """Why it ended, in words."""
    code = process.returncode
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
