"""Every page, as somebody who may see it, in light and in dark."""

import pytest

from tests.browser.chromium import window
from tests.browser.examples import examples
from tests.browser.looking import barriers, flaws
from tests.browser.pages import NO_PAGES, PAGES, WALKED_TO


@pytest.fixture(scope="module")
def filled(installation):
    return examples(installation)


@pytest.mark.parametrize("known", PAGES, ids=lambda known: known.name)
def test_a_page_is_sound_and_open_to_everybody(known, filled, installation, opened):
    window = opened(known.who)
    window.expects(known.status)
    page = window.page()
    answer = page.goto(installation.address + known.path.format(**filled))

    assert answer.status == known.status
    assert flaws(page, installation.app) == []
    assert barriers(page) == []


def test_no_page_is_forgotten(installation, filled):
    doors = installation.app.url_map.bind("localhost")
    paths = [known.path.partition("?")[0].format(**filled) for known in PAGES if known.status < 400]
    shown = {doors.match(path, method="GET")[0] for path in paths}
    read = {rule.endpoint for rule in installation.app.url_map.iter_rules() if "GET" in rule.methods}
    for_programs = {endpoint for endpoint in read if endpoint.startswith("api_")}

    assert read - shown - for_programs == NO_PAGES | WALKED_TO


def test_what_the_policy_forbids_is_heard(installation, browser):
    with window(browser, installation) as seen:
        page = seen.page("/services")
        with seen.context.expect_console_message(lambda line: line.text.startswith("CSP: ")):
            page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<p style=color:red>')")

    assert any(complaint.endswith("CSP: style-src-attr inline") for complaint in seen.complaints)
