"""How gunicorn is set up: its log holds no secret, and nobody tells it what only a trusted proxy may."""

import sys
import urllib.request

import pytest

from tests.support.processes import answers, free_port, processes, until

TOKEN = "Wm9vbS1pbi1vbi10aGUtcmVmZXJlbmNlLWRlc2stbm90ZXM"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    port = free_port()
    with processes({"PORT": str(port)}, tmp_path_factory.mktemp("web")) as started:
        started.start("web", sys.executable, "-m", "gunicorn", "tests.support.echo:app")
        until(lambda: answers(port))
        yield port, started


def get(port: int, path: str, **headers: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
        return answer.read().decode()


def test_the_access_log_holds_no_query_string_and_no_token(server):
    port, started = server
    get(port, f"/link/{TOKEN}/cancellation?q=sample", Referer="http://127.0.0.1/?q=sample")
    until(lambda: "/link/.../cancellation" in started.said("web"))

    assert TOKEN not in started.said("web")
    assert "sample" not in started.said("web")


def test_forwarded_headers_are_not_believed(server):
    port, _ = server

    assert get(port, "/", **{"X-Forwarded-Proto": "https", "SCRIPT-NAME": "/staff"}) == "http  /"


def test_an_installation_that_may_not_serve_ends_and_says_why(tmp_path):
    nothing_set = {"COUNTERSIGN_MODE": "live", "SECRET_KEY": "", "FIELD_KEYS": "", "PORT": str(free_port())}
    with processes(nothing_set, tmp_path) as started:
        started.start("web", sys.executable, "-m", "gunicorn")
        until(lambda: started.running["web"].poll() is not None)

        assert started.running["web"].returncode == 3
        assert "SECRET_KEY: missing" in started.said("web")
