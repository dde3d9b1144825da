"""`flask audit`: exit codes, the key file and its rotation, an export checked by a public key alone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from click.testing import Result
from flask import Flask
from sqlalchemy import text

from dashboard.audit.signing import read_keys
from jobs.sealer import Sealer
from tests.support import trail


def flask(app: Flask, *arguments: object) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *map(str, arguments)])


def test_verify_ends_with_1_and_names_the_place(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 4, now)
    trail.write_events(2)
    sound = flask(app, "verify")
    assert sound.exit_code == 0
    assert "2 newest events are not linked yet; the oldest waits 0 s" in sound.output
    edit = "UPDATE audit_events SET actor = 'x' WHERE id = (SELECT min(id) FROM audit_events)"
    with trail.as_owner(app) as owner:
        owner.execute(text(edit))
    broken = flask(app, "verify")
    assert broken.exit_code == 1
    assert "seq 1, event " in broken.output


def test_an_export_is_checked_with_the_public_key_alone(app: Flask, now: datetime, tmp_path: Path) -> None:
    trail.sealed_trail(app, 4, now)
    file, public = tmp_path / "export.jsonl", tmp_path / "public.pem"
    public.write_text(flask(app, "public-key").output)
    assert "PRIVATE" not in public.read_text()
    assert flask(app, "export", file).exit_code == 0
    assert flask(app, "verify-export", file, "--key", public).exit_code == 0
    file.write_text(file.read_text().replace("todo opened", "todo claimed"))
    assert flask(app, "verify-export", file, "--key", public).exit_code == 1


def test_a_strangers_key_vouches_for_no_export(app: Flask, now: datetime, tmp_path: Path) -> None:
    trail.sealed_trail(app, 4, now)
    file, stranger = tmp_path / "export.jsonl", tmp_path / "stranger.pem"
    flask(app, "export", file)
    flask(app, "new-key", stranger)
    refused = flask(app, "verify-export", file, "--key", stranger)
    assert refused.exit_code == 1
    assert "no valid signature" in refused.output


def test_a_new_key_is_never_written_over_another_and_knows_the_older(app: Flask, tmp_path: Path) -> None:
    first, second = tmp_path / "first.pem", tmp_path / "second.pem"
    assert flask(app, "new-key", first).exit_code == 0
    assert first.stat().st_mode & 0o077 == 0
    assert flask(app, "new-key", first).exit_code == 1
    assert flask(app, "new-key", second, "--after", first).exit_code == 0
    old, new = read_keys(first), read_keys(second)
    assert new.key_id != old.key_id
    assert set(new.public) == {old.key_id, new.key_id}


def test_a_line_that_a_power_cut_tore_is_mended(app: Flask, now: datetime) -> None:
    trail.sealed_trail(app, 2, now)
    [file] = trail.folder(app).glob("*.jsonl")
    file.write_text(file.read_text()[:-30])
    assert not trail.verified(app).is_sound
    trail.write_events(1)
    Sealer("test", trail.keys(app), trail.folder(app)).work(now + timedelta(minutes=1))
    assert trail.verified(app).is_sound
