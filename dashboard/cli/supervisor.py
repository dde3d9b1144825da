"""Keeps groups of children alive until it is told to stop, then drains them; knows not what they do."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click

from dashboard.cli.children import Child, drain

TICK = 0.1
DRAIN_SECONDS = 20.0
READY_SECONDS = 15.0


def nothing() -> None:
    """For those who want no word from each tick."""


class Supervisor:
    """Starts groups in order, waits for each to be ready, restarts what dies, stops in reverse order.

    SIGTERM or Ctrl-C drains; a second one no longer waits.
    """

    def __init__(self, *groups: Sequence[Child], drain_seconds: float = DRAIN_SECONDS) -> None:
        self.groups = groups
        self.drain_seconds = drain_seconds
        self.asked_to_stop = 0

    def run(self, on_tick: Callable[[], None] = nothing) -> None:
        """Until a signal asks to stop; call from the main thread. `on_tick` is called some times a second.

        Raises:
            click.ClickException: a group did not become ready.
        """
        with self._heeding_signals():
            try:
                self._start()
                while not self.asked_to_stop:
                    self._keep_alive(on_tick)
            finally:
                self._stop()

    def _start(self) -> None:
        for group in self.groups:
            for child in group:
                child.start()
            self._wait_for(group)

    def _wait_for(self, group: Sequence[Child]) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self.asked_to_stop:
            late = [child.name for child in group if not child.is_ready()]
            if not late:
                return
            if time.monotonic() > deadline:
                raise click.ClickException(f"Not ready after {READY_SECONDS:.0f} s: {', '.join(late)}.")
            time.sleep(TICK / 2)

    def _keep_alive(self, on_tick: Callable[[], None]) -> None:
        for group in self.groups:
            for child in group:
                child.keep_alive()
        on_tick()
        time.sleep(TICK)

    def _stop(self) -> None:
        for group in reversed(self.groups):
            drain(group, self.drain_seconds, is_hurried=lambda: self.asked_to_stop > 1)

    @contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """Ours while running, then as they were."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked_to_stop += 1
        os.write(2, b"\nStopping: work in hand is finished first. Once more to end at once.\n")
