"""What `make run` sets for its children where the person has not: demo mode, loopback, secrets of its own."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from dashboard import keyring
from dashboard.audit import seals
from dashboard.cli import embedded_redis

OF_THIS_COMMAND = "FLASK_RUN_FROM_CLI"  # flask sets it for itself; a child must find out by itself what it is


def demo_environment(given: Mapping[str, str]) -> dict[str, str]:
    """The children's whole environment; a setting of the person's own is never replaced, but the mode.

    Makes DATA_DIR, and in it, readable by its owner only, the secrets that a demo needs to last.
    """
    folder = data_dir(given)
    port = given.get("PORT") or "8000"
    made = {
        "PORT": port,
        "DOMAIN": f"127.0.0.1:{port}",
        "REDIS_URL": embedded_redis.url(folder),
        "SECRET_KEY": _kept(folder / "secret_key", lambda: secrets.token_urlsafe(48)).read_text().strip(),
        "SIGNING_KEY_FILE": str(_kept(folder / "signing_key", seals.new_signing_key)),
        "SUPPORT_EMAIL": "support@countersign.example.test",
        "SMTP_FROM": "office@countersign.example.test",
    }
    if not given.get("FIELD_KEYS"):
        made["FIELD_KEYS_FILE"] = str(_kept(folder / "field_keys", _ring_file))
    own = {name: value for name, value in given.items() if value and name != OF_THIS_COMMAND}
    return made | own | {"COUNTERSIGN_MODE": "demo", "DATA_DIR": str(folder)}


def data_dir(given: Mapping[str, str]) -> Path:
    """DATA_DIR, or ./var; made for its owner only.

    Raises:
        click.ClickException: it cannot be made or written.
    """
    folder = Path(given.get("DATA_DIR") or "var").resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"DATA_DIR cannot be made: {error}") from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise click.ClickException(f"DATA_DIR cannot be written: {folder}")
    return folder


def _kept(path: Path, make: Callable[[], str]) -> Path:
    """A secret file, made at the first start. Whoever loses it loses the demo's sealed values."""
    if not path.exists():
        line = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(line, "w") as file:
            file.write(make() + "\n")
    return path


def _ring_file() -> str:
    """One entry a line, as KeyRing.from_file reads it."""
    return "\n".join(keyring.new_ring().split(","))
