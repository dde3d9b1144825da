"""`flask up` refuses by name what cannot work, and makes a demo's secrets once, for its owner only."""

import fcntl
import os
import socket
import stat
import subprocess

import pytest

from dashboard.cli.children import ROOT
from dashboard.cli.demo_environment import demo_environment
from dashboard.cli.up import FLASK
from dashboard.config import Mode, Settings
from tests.support.processes import free_port


def up(**settings: str) -> subprocess.CompletedProcess[str]:
    command = [*FLASK, "up"]
    return subprocess.run(command, env=os.environ | settings, cwd=ROOT, capture_output=True, text=True)


def test_a_taken_port_is_named(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        done = up(DATA_DIR=str(tmp_path), PORT=str(other.getsockname()[1]))

    assert done.returncode == 1
    assert "PORT" in done.stderr
    assert "already in use" in done.stderr


def test_a_port_that_is_none_is_named(tmp_path):
    assert "PORT is '80a'" in up(DATA_DIR=str(tmp_path), PORT="80a").stderr


def test_a_second_start_in_the_same_data_dir_is_refused(tmp_path):
    with (tmp_path / "up.lock").open("w") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        done = up(DATA_DIR=str(tmp_path), PORT=str(free_port()))

    assert done.returncode == 1
    assert f"already runs with DATA_DIR {tmp_path}" in done.stderr


def test_the_demo_has_all_settings_that_serving_needs(tmp_path):
    settings = Settings.read(demo_environment({"DATA_DIR": str(tmp_path)}))

    assert settings.mode is Mode.DEMO
    assert settings.refusals() == []


def test_the_secrets_of_a_demo_last_and_are_its_owner_s_only(tmp_path):
    first = demo_environment({"DATA_DIR": str(tmp_path / "new")})
    again = demo_environment({"DATA_DIR": str(tmp_path / "new")})

    assert first == again
    for path in (tmp_path / "new").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@pytest.mark.parametrize("name", ["PORT", "REDIS_URL", "DATABASE_URL", "FIELD_KEYS", "SECRET_KEY", "DOMAIN"])
def test_a_setting_of_the_person_s_own_is_respected(tmp_path, name):
    assert demo_environment({"DATA_DIR": str(tmp_path), name: "8123"})[name] == "8123"


def test_the_mode_is_demo_whatever_the_person_set(tmp_path):
    given = {"DATA_DIR": str(tmp_path), "COUNTERSIGN_MODE": "live", "FLASK_RUN_FROM_CLI": "true"}
    made = demo_environment(given)

    assert made["COUNTERSIGN_MODE"] == "demo"
    assert "FLASK_RUN_FROM_CLI" not in made
