"""Background work about accounts."""

from __future__ import annotations

from dashboard import clock
from dashboard.people import resets
from jobs.registry import finishing, job


@job("people.reset")
def send_reset(index: str, minute: int) -> None:
    """Send a password link to whoever has the address behind this blind index, if anybody has."""
    with finishing():
        resets.send(bytes.fromhex(index), minute=minute, now=clock.now())
