"""All of `flask up`: it serves, stays small, brings back what is killed, and leaves nothing when it stops."""

import os
import re
import signal
import subprocess
from contextlib import suppress

import psutil
import pytest

from dashboard.cli.children import ROOT
from dashboard.cli.up import FLASK
from tests.support.processes import PATIENCE, answers, free_port, until

WHOLE_MB, WEB_MB = 800, 200

pytestmark = pytest.mark.faults


class Whole:
    """One `flask up` on a port and in a folder of its own."""

    def __init__(self, folder, port):
        self.log, self.port = folder / "log", port
        settings = {"DATA_DIR": str(folder / "data"), "PORT": str(port)}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*FLASK, "up"], env=os.environ | settings, cwd=ROOT, stdout=output, stderr=output
            )

    def said(self):
        return self.log.read_text()

    def is_ready(self):
        assert self.process.poll() is None, self.said()
        return "Ctrl-C stops it." in self.said()

    def children(self):
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, words):
        return next((child for child in self.children() if words in words_of(child)), None)


def words_of(process):
    """Its command line; nothing, when it is just dying."""
    with suppress(psutil.NoSuchProcess):
        return " ".join(process.cmdline())
    return ""


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    running = Whole(tmp_path_factory.mktemp("up"), free_port())
    try:
        until(running.is_ready)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


def test_it_names_its_address_and_each_demo_account_with_a_code(whole):
    assert f"http://127.0.0.1:{whole.port}/" in whole.said()
    assert re.search(r"\b\d{6}\b", whole.said())


def test_it_listens_on_loopback_only(whole):
    listening = [
        connection.laddr.ip
        for process in [psutil.Process(whole.process.pid), *whole.children()]
        for connection in process.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert set(listening) == {"127.0.0.1"}


def test_it_stays_small(whole):
    sizes = {process.pid: process.memory_info().rss / 2**20 for process in whole.children()}
    web = [process for process in whole.children() if "gunicorn" in words_of(process)]

    assert max(sizes[process.pid] for process in web) < WEB_MB
    assert sum(sizes.values()) + psutil.Process(whole.process.pid).memory_info().rss / 2**20 < WHOLE_MB


@pytest.mark.parametrize("words", ["gunicorn", "scheduler", "--queues now,bulk", "redis-server"])
def test_what_is_killed_comes_back(whole, words):
    killed = whole.child(words)
    killed.send_signal(signal.SIGKILL)

    until(lambda: whole.child(words) not in (None, killed))
    until(lambda: answers(whole.port))


def test_a_stop_leaves_nothing_behind(whole):
    children = whole.children()
    whole.process.terminate()

    assert whole.process.wait(PATIENCE) == 0
    assert not any(child.is_running() for child in children)
