"""Waiting for what a page shows only when it is loaded again."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.support.processes import until


def reload_until_seen(sought: Locator) -> None:
    """Load its page again, and again, until this is to be seen there."""

    def is_there() -> bool:
        if sought.is_visible():
            return True
        sought.page.reload()
        return False

    until(is_there)
