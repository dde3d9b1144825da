"""`make pictures`: every page, light and dark, into pictures/. `--readme` also makes docs/queue.png anew."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser

from dashboard.cli.children import ROOT
from tests.browser.chromium import Window, chromium, window
from tests.browser.examples import examples
from tests.browser.installation import Installation, installed
from tests.browser.looking import THEMES
from tests.browser.pages import PAGES, Known
from tests.browser.small_png import packed

FOLDER = ROOT / "pictures"
README_PICTURE = ROOT / "docs" / "queue.png"


def main(*, readme: bool) -> None:
    FOLDER.mkdir(exist_ok=True)
    with installed() as installation, chromium() as browser:
        if readme:
            take_queue(browser, installation)
        filled = examples(installation)
        for theme in THEMES:
            take_all(browser, installation, filled, theme)
    print(f"{len(PAGES) * len(THEMES)} pictures in {FOLDER}/")  # noqa: T201


def take_all(browser: Browser, installation: Installation, filled: Mapping[str, str], theme: str) -> None:
    """Each page in one theme; whoever sees several keeps one window."""
    with ExitStack() as until_the_end:
        windows: dict[str | None, Window] = {}
        for known in PAGES:
            if known.who not in windows:
                opened = window(browser, installation, known.who, color_scheme=theme)
                windows[known.who] = until_the_end.enter_context(opened)
            take(windows[known.who], known, filled, FOLDER / f"{known.name}-{theme}.png")


def take(seen_in: Window, known: Known, filled: Mapping[str, str], path: Path) -> None:
    """The whole length of one page."""
    page = seen_in.page(known.path.format(**filled))
    page.screenshot(path=path, full_page=True)
    page.close()


def take_queue(browser: Browser, installation: Installation) -> None:
    """The queue as it stands in the README, before any test data is added."""
    with window(browser, installation, "fulfiller") as seen:
        README_PICTURE.write_bytes(packed(seen.page("/staff/queue").screenshot()))


if __name__ == "__main__":
    main(readme="--readme" in sys.argv)
