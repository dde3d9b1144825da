"""`flask config check`: each setting by name, its state and the way out, never its value (OPS-02)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import Result

from dashboard import create_app
from dashboard.config import VARIABLES, Settings
from dashboard.extensions import db
from tests.conftest import environment, migrated


def checked(env: dict[str, str]) -> Result:
    app = create_app(Settings.read(env))
    try:
        return app.test_cli_runner().invoke(args=["config", "check"])
    finally:
        with app.app_context():
            db.engine.dispose()


def line(result: Result, name: str) -> str:
    [found] = [each for each in result.output.splitlines() if each.startswith(f"{name} ")]
    return found


@contextmanager
def ready(folder: Path, **more: str) -> Iterator[dict[str, str]]:
    env = environment(folder, **more)
    with migrated(env):
        yield env


def test_a_whole_installation_passes_and_every_setting_is_listed(tmp_path: Path) -> None:
    with ready(tmp_path) as env:
        result = checked(env)
    assert result.exit_code == 0, result.output
    for name in VARIABLES:
        assert line(result, name)
    assert "born in test mode" in line(result, "(database)")


def test_no_value_is_ever_printed(tmp_path: Path) -> None:
    with ready(tmp_path) as env:
        env |= {"SMTP_PASS": "a-password-of-somebody", "DATABASE_OWNER_URL": "postgresql://o:pw@h/x"}
        result = checked(env)
    for name in ("SECRET_KEY", "FIELD_KEYS", "SMTP_PASS", "DATABASE_OWNER_URL"):
        assert env[name] not in result.output, name


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "SIGNING_KEY_FILE", "REDIS_URL"])
def test_what_is_missing_is_named_and_ends_with_1(tmp_path: Path, name: str) -> None:
    with ready(tmp_path) as env:
        result = checked({**env, name: ""})
    assert result.exit_code == 1
    assert "missing" in line(result, name)


@pytest.mark.parametrize(
    ("name", "value"),
    [("SECRET_KEY", "secret"), ("FIRM_TIME_ZONE", "Mars"), ("PORT", "x"), ("SIGNING_KEY_FILE", "/none")],
)
def test_what_is_wrong_is_named_with_the_way_out(tmp_path: Path, name: str, value: str) -> None:
    with ready(tmp_path) as env:
        result = checked({**env, name: value})
    assert result.exit_code == 1
    assert "wrong" in line(result, name)
    assert len(line(result, name).split()) > 3


def test_a_database_of_another_mode_is_refused_by_name(tmp_path: Path) -> None:
    with ready(tmp_path) as env:
        result = checked({**env, "COUNTERSIGN_MODE": "demo"})
    assert result.exit_code == 1
    assert "born in test mode" in line(result, "(database)")


def test_a_database_that_is_not_migrated_or_away_is_said(tmp_path: Path) -> None:
    env = environment(tmp_path)
    assert "flask db upgrade" in line(checked(env), "(database)")
    away = checked({**env, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    assert away.exit_code == 1
    assert "does not answer" in line(away, "(database)")


def test_one_database_role_is_warned_of(tmp_path: Path) -> None:
    result = checked({**environment(tmp_path), "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"})
    _, trail, portal = result.output.split("Note:")
    assert "DATABASE_OWNER_URL" in trail
    assert "keep offices apart" in portal
