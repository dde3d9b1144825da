"""The staff channel against real servers: one line, https only outside demo and test (FUL-12)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dashboard.config import Settings
from dashboard.gateways import Doubtful, NotAccepted
from dashboard.gateways.chat import ChatWebhook
from tests.support.mail_server import HOST, free_port


class Channel(ThreadingHTTPServer):
    """A chat that keeps the lines it is told, and answers with `status`."""

    status = 200

    def __init__(self) -> None:
        super().__init__((HOST, 0), Hook)
        self.lines: list[tuple[str, str]] = []

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}/hooks/secret?thread=1"


class Hook(BaseHTTPRequestHandler):
    server: Channel

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.lines.append((self.path, said["text"]))
        self.send_response(self.server.status)
        self.send_header("Location", "http://192.0.2.1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def channel() -> Iterator[Channel]:
    server = Channel()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_line_is_said() -> None:
    with channel() as chat:
        ChatWebhook(chat.url, may_be_plain=True).say("CO-1 · due 2 Mar 2026")
    assert chat.lines == [("/hooks/secret?thread=1", "CO-1 · due 2 Mar 2026")]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_another_answer_is_a_no_and_is_not_followed(status: int) -> None:
    with channel() as chat:
        chat.status = status
        with pytest.raises(NotAccepted, match=f"Refused {status}"):
            ChatWebhook(chat.url, may_be_plain=True).say("hello")
    assert len(chat.lines) == 1


def test_nobody_listening_is_a_no() -> None:
    with pytest.raises(NotAccepted, match="ConnectionRefusedError"):
        ChatWebhook(f"http://{HOST}:{free_port()}/x", may_be_plain=True).say("hello")


def test_silence_is_a_doubt_after_its_time() -> None:
    with socket.create_server((HOST, 0)) as listening:
        url = f"http://{HOST}:{listening.getsockname()[1]}/x"
        with pytest.raises(Doubtful, match="Timeout"):
            ChatWebhook(url, may_be_plain=True, seconds=0.2).say("hello")


def test_a_live_system_says_nothing_in_the_clear() -> None:
    with channel() as chat:
        live = Settings.read({"COUNTERSIGN_MODE": "live", "CHAT_WEBHOOK_URL": chat.url})
        with pytest.raises(NotAccepted, match="NoTls"):
            ChatWebhook.of(live).say("hello")
    assert not chat.lines


@pytest.mark.parametrize("url", ["", "chat", "ftp://example.test/x", "file:///etc/passwd"])
def test_another_kind_of_address_is_refused(url: str) -> None:
    with pytest.raises(NotAccepted):
        ChatWebhook(url, may_be_plain=True).say("hello")


def test_the_address_is_a_secret() -> None:
    assert "secret" not in repr(ChatWebhook("https://chat.example.test/secret"))
