"""A chromium, and windows in it that note whatever goes wrong on a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.installation import Installation

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1440, "height": 900}
PATIENCE_MS = 60_000  # a wait ends as soon as it is so, and a busy machine is slow
VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`));
"""
ANSWERED = "Failed to load resource: the server responded with a status of "


class Window:
    """One person's browser: cookies of its own, pages that are watched.

    `complaints` holds every console line, script error and policy report of its pages. An answer that a test
    means to get, such as a 409, is no complaint: `expects(409)`.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address = context, address
        self.complaints: list[str] = []
        self._expected: set[str] = set()
        context.set_default_timeout(PATIENCE_MS)
        context.add_init_script(VIOLATIONS)
        context.on("console", self._heard)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))

    def page(self, path: str | None = None) -> Page:
        """A new tab, at `path` if one is given."""
        page = self.context.new_page()
        if path:
            page.goto(self.address + path)
        return page

    def expects(self, *statuses: int) -> None:
        self._expected.update(str(status) for status in statuses)

    def _heard(self, line: ConsoleMessage) -> None:
        status = line.text.removeprefix(ANSWERED)[:3] if line.text.startswith(ANSWERED) else None
        if status not in self._expected:
            self.complaints.append(f"{line.type} on {line.page and line.page.url}: {line.text}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's chromium, headless."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "There is no chromium: sudo apt-get install chromium"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS), timeout=PATIENCE_MS)
        yield browser
        browser.close()


@contextmanager
def window(
    browser: Browser, installation: Installation, name: str | None = None, **options: Any
) -> Iterator[Window]:
    """A window of its own for this demo account, signed in; or for a visitor. Closed afterwards."""
    context = browser.new_context(
        viewport=SIZE, **{"color_scheme": "light", "reduced_motion": "reduce"} | options
    )
    if name:
        cookie = {"name": "session", "value": installation.session_of(name), "url": installation.address}
        context.add_cookies([cookie])
    yield Window(context, installation.address)
    context.close()
