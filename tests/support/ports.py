"""Ports of loopback for servers that tests start."""

from __future__ import annotations

import secrets
import socket
from contextlib import suppress

HOST = "127.0.0.1"
BELOW_THE_KERNELS = range(12_000, 32_000)


def free_port() -> int:
    """One that is free, and stays so until its server starts: outgoing connections get higher ones."""
    while True:
        port = secrets.choice(BELOW_THE_KERNELS)
        with suppress(OSError), socket.create_server((HOST, port)):
            return port
