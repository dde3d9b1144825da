"""The embedded Redis: private, without a port, forgetful."""

import stat
from pathlib import Path

import click
import pytest
import redis as client

from dashboard.cli import embedded_redis
from tests.support.redis import redis_server


def test_it_answers_on_its_socket_only():
    with redis_server() as server, client.from_url(server.url) as line:
        assert line.ping()
        assert line.config_get("port")["port"] == "0"


def test_only_its_owner_may_use_the_socket():
    with redis_server() as server:
        mode = embedded_redis.socket_in(server.folder).stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


def test_it_keeps_nothing_on_disk():
    with redis_server() as server:
        with client.from_url(server.url) as line:
            line.set("job", "1")
        server.kill()
        server.start()
        with client.from_url(server.url) as line:
            assert line.get("job") is None


def test_it_does_not_answer_once_it_is_killed():
    with redis_server() as server:
        assert embedded_redis.answers(server.folder)
        server.kill()
        assert not embedded_redis.answers(server.folder)


def test_a_data_dir_too_long_for_a_socket_is_named():
    with pytest.raises(click.ClickException, match="DATA_DIR"):
        embedded_redis.url(Path("/" + "long" * 30))
