"""What is wrong with a page in a browser: for a screen reader, a keyboard, a link that leads nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

AXE = next(Path(__file__).with_name("vendor").glob("axe-*.min.js"), None)
THEMES = ("light", "dark")
RUN_AXE = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}"""
READ = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const local = (address) => {
    const { origin, pathname } = new URL(address, location.href);
    return origin === location.origin ? pathname : null;
  };
  const said = (element, name) => element.getAttribute(name) ?? "";
  const ids = all("[id]").map((one) => one.id);
  return {
    headings: all("h1").length,
    title: document.title,
    lang: document.documentElement.lang,
    loose_labels: all("label").filter((one) => !one.control).map((one) => one.outerHTML.slice(0, 120)),
    double_ids: ids.filter((id, place) => ids.indexOf(id) !== place),
    inline: all("[style], style, script:not([src])").length,
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    links: all("a[href]").map((one) => local(one.href)).filter(Boolean),
    forms: all("form").map((one) => [said(one, "method") || "get", local(said(one, "action"))]),
    buttons: all("[formaction]").map((one) => ["post", local(said(one, "formaction"))]),
    unguarded: all("form[method=post]:not(:has([name=csrf_token]))").length,
  };
}"""


def barriers(page: Page) -> list[str]:
    """What axe finds, in light and in dark."""
    assert AXE, "axe is not here: python scripts/assets.py test"
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text())
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found += [f"{theme}: {each}" for each in page.evaluate(RUN_AXE)]
    return found


def flaws(page: Page, app: Flask) -> list[str]:
    """What is wrong with how the page is built."""
    read = page.evaluate(READ)
    wrong = [
        f"{name}: {read[name]}"
        for name in ("loose_labels", "double_ids", "inline", "unguarded")
        if read[name]
    ]
    if read["headings"] != 1:
        wrong.append(f"{read['headings']} h1")
    if not read["title"].endswith(" · Countersign") or read["title"].startswith(" ·"):
        wrong.append(f"title: {read['title']!r}")
    if read["overflow"] > 0:
        wrong.append(f"{read['overflow']} px wider than the window")
    return wrong + _dead_ends(read, app)


def _dead_ends(read: dict[str, Any], app: Flask) -> list[str]:
    """Links and forms whose address no door answers."""
    led_to = {("GET", path) for path in read["links"]}
    sent_to = {(method.upper(), path) for method, path in read["forms"] + read["buttons"]}
    doors = app.url_map.bind("localhost")
    return sorted(
        f"{method} {path} leads nowhere"
        for method, path in led_to | sent_to
        if not _leads(doors, method, path)
    )


def _leads(doors: Any, method: str, path: str | None) -> bool:
    try:
        doors.match(path or "", method=method)
    except (NotFound, MethodNotAllowed):
        return False
    except HTTPException:
        return True
    return True
