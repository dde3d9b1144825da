"""The supervisor: what dies comes back, what keeps dying ever later, a stop drains, nobody is left."""

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dashboard.cli.children import FIRST_PAUSE, ROOT
from tests.support.processes import PATIENCE, until

PROGRAM = """
import os, sys
from dashboard.cli.children import Child
from dashboard.cli.supervisor import Supervisor
children = [Child(f"child {n}", ["sh", "-c", script], os.environ) for n, script in enumerate(sys.argv[2:])]
Supervisor(*[[child] for child in children], drain_seconds=float(sys.argv[1])).run()
"""
SLEEPS = "echo ready; exec sleep 600"
DRAINS = "trap 'echo drained; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
IS_DEAF = "trap '' TERM; echo ready; while :; do sleep 0.05; done"
HAS_A_WORKER = "sleep 600 & echo ready; wait"
KEEPS_DYING = "date +%s%N; echo ready; exit 3"


class Running:
    """A supervisor in a process of its own, as in real life: signals and children belong to it alone."""

    def __init__(self, log: Path, *scripts: str, drain_seconds: float = PATIENCE) -> None:
        self.log = log
        command = [sys.executable, "-c", PROGRAM, str(drain_seconds), *scripts]
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        until(lambda: self.said().count("ready") >= len(scripts))

    def children(self) -> list[psutil.Process]:
        return [child for child in psutil.Process(self.process.pid).children() if is_alive(child)]

    def said(self) -> str:
        return self.log.read_text()

    def end(self) -> None:
        if self.process.poll() is None:
            for process in psutil.Process(self.process.pid).children(recursive=True):
                process.kill()
            self.process.kill()
            self.process.wait()


@pytest.fixture
def supervised(tmp_path):
    started: list[Running] = []

    def start(*scripts: str, **options: float) -> Running:
        started.append(Running(tmp_path / "log", *scripts, **options))
        return started[-1]

    yield start
    for running in started:
        running.end()


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_child_that_dies_is_started_again(supervised):
    running = supervised(SLEEPS, SLEEPS)
    first, other = running.children()
    first.kill()
    until(lambda: running.said().count("ready") == 3)

    assert len(running.children()) == 2
    assert other in running.children()
    assert "child 0 ended (SIGKILL)" in running.said()


def test_a_child_that_keeps_dying_is_started_ever_later(supervised):
    running = supervised(KEEPS_DYING)
    until(lambda: running.said().count("ready") == 4)

    births = [int(line) for line in running.said().splitlines() if line.isdecimal()]
    pauses = [(later - earlier) / 1e9 for earlier, later in itertools.pairwise(births)]
    assert all(pause >= FIRST_PAUSE * 2**times for times, pause in enumerate(pauses))


def test_a_stop_lets_work_in_hand_finish(supervised):
    running = supervised(DRAINS)
    running.process.terminate()

    assert running.process.wait(2 * PATIENCE) == 0
    assert "drained" in running.said()


def test_ctrl_c_drains_too(supervised):
    running = supervised(DRAINS)
    running.process.send_signal(signal.SIGINT)

    assert running.process.wait(2 * PATIENCE) == 0
    assert "drained" in running.said()


def test_a_terminal_tells_only_the_supervisor_of_ctrl_c(supervised):
    running = supervised(SLEEPS)
    (child,) = running.children()

    assert os.getpgid(child.pid) != os.getpgid(running.process.pid)


def test_what_does_not_end_in_time_is_killed(supervised):
    running = supervised(IS_DEAF, drain_seconds=0.5)
    (deaf,) = running.children()
    running.process.terminate()

    assert running.process.wait(2 * PATIENCE) == 0
    assert not is_alive(deaf)


def test_a_second_stop_no_longer_waits(supervised):
    running = supervised(IS_DEAF, drain_seconds=10 * PATIENCE)
    running.process.terminate()
    until(lambda: "Stopping" in running.said())
    with pytest.raises(subprocess.TimeoutExpired):
        running.process.wait(0.5)
    running.process.terminate()

    assert running.process.wait(2 * PATIENCE) == 0


def test_no_child_outlives_a_supervisor_killed_outright(supervised):
    running = supervised(SLEEPS, SLEEPS)
    children = running.children()
    running.process.kill()

    until(lambda: not any(map(is_alive, children)))


def test_a_killed_master_leaves_no_worker_behind(supervised):
    running = supervised(HAS_A_WORKER)
    (master,) = running.children()
    (worker,) = master.children()
    master.kill()

    until(lambda: not is_alive(worker))
