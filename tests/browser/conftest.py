"""The running installation, the browser, and windows whose pages must stay silent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import Window, chromium, window
from tests.browser.installation import Installation, installed

Open = Callable[..., Window]


@pytest.fixture(scope="session")
def installation() -> Iterator[Installation]:
    """One for all tests of this folder: none may leave it so that another cannot work."""
    with installed() as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser: Browser, installation: Installation) -> Iterator[Open]:
    """`opened("fulfiller")`: that person's window. The test fails if any page of any window complains."""
    windows: list[Window] = []
    with ExitStack() as until_the_end:

        def one(name: str | None = None, **options: object) -> Window:
            windows.append(until_the_end.enter_context(window(browser, installation, name, **options)))
            return windows[-1]

        yield one
    assert [each for one in windows for each in one.complaints] == []


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without JavaScript"])
def scripted(request: pytest.FixtureRequest) -> bool:
    """Runs the test twice: with JavaScript on and off."""
    return bool(request.param)
