"""The one clock. Doors read it and hand the time on; no rule reads it.

A demo or a test may move it: the offset, in seconds, lies in a file that every process of the installation
watches. A live system has no such file, and ignores one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

_offset_file: Path | None = None


def follow(offset_file: Path | None) -> None:
    """Let the clock be moved by this file; `None` keeps real time."""
    global _offset_file
    _offset_file = offset_file


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC) + offset()


def move_on(offset_file: Path, by: timedelta) -> None:
    """Move the clock of this installation forward; each process sees it at its next look."""
    fresh = offset_file.with_suffix(".new")
    fresh.write_text(str((offset() + by).total_seconds()))
    fresh.replace(offset_file)


def offset() -> timedelta:
    """How far this clock is ahead of the world's."""
    if _offset_file is None:
        return timedelta()
    try:
        return timedelta(seconds=float(_offset_file.read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()
