"""Check what the system must bring, and get it with apt-get when run as root; else name the exact command.

`system_programs.py run` looks for what the program needs, `... test` also for what its tests need.
Runs before there is a virtual environment: the standard library only.
"""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

OLDEST_PYTHON = (3, 11)


class Need(NamedTuple):
    """Something the system brings: what for, the Debian packages that hold it, and how to see it."""

    purpose: str
    packages: tuple[str, ...]
    is_met: Callable[[], bool]
    vital: bool = True


def library(*names: str) -> Callable[[], bool]:
    return lambda: all(loads(name) for name in names)


def loads(name: str) -> bool:
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def postgresql_server() -> bool:
    """initdb stands outside the PATH on Debian, in a folder of its version."""
    return bool(shutil.which("initdb")) or any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def environments() -> bool:
    """uv makes a virtual environment by itself; Python's venv needs ensurepip, which Debian keeps apart."""
    return bool(shutil.which("uv")) or importlib.util.find_spec("ensurepip") is not None


PDF_LIBRARIES = library("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0")
FOR_RUN = (
    Need("a virtual environment", ("python3-venv",), environments),
    Need(
        "PDF files (pango)",
        ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
        PDF_LIBRARIES,
        vital=False,
    ),
)
FOR_TEST = (
    *FOR_RUN,
    Need(
        "browser tests",
        ("chromium", "fonts-liberation"),
        program("chromium", "chromium-browser", "google-chrome"),
    ),
    Need("tests on PostgreSQL", ("postgresql",), postgresql_server),
    Need("tests that read PDF files", ("poppler-utils",), program("pdftotext")),
)
NEEDS = {"run": FOR_RUN, "test": FOR_TEST}


def main(purpose: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit("Countersign needs Python 3.11 or newer: make PYTHON=python3.11 ...")
    missing = unmet(NEEDS[purpose])
    if missing and can_install():
        install(missing)
        missing = unmet(missing)
    for need in missing:
        print(f"Missing for {need.purpose}: {command_for([need])}", file=sys.stderr)
    if any(need.vital for need in missing):
        sys.exit("Install what is missing, then repeat.")


def unmet(needs: Sequence[Need]) -> list[Need]:
    return [need for need in needs if not need.is_met()]


def can_install() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(needs: Sequence[Need]) -> None:
    """With fresh package lists: those of an image are often older than what the mirror still has."""
    print("Installing for", ", ".join(need.purpose for need in needs))
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages(needs)], env=quiet
    )


def command_for(needs: Sequence[Need]) -> str:
    return "sudo apt-get install " + " ".join(packages(needs))


def packages(needs: Sequence[Need]) -> list[str]:
    return [package for need in needs for package in need.packages]


if __name__ == "__main__":
    main(sys.argv[1])
