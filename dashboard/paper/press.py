"""HTML and a style sheet to PDF. WeasyPrint is loaded when the first page is drawn: it is large."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

TEMPLATES = Path(__file__).resolve().parents[2] / "templates" / "paper"

pages = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class FetchesNothing(Exception):
    """A page asked for something from elsewhere; everything it shows is given to it."""


def printed(name: str, facts: dict[str, Any]) -> bytes:
    """The PDF of `templates/paper/<name>.html` with these facts, styled by `<name>.css`."""
    from weasyprint import CSS, HTML

    page = pages.get_template(f"{name}.html").render(facts)
    style = CSS(string=(TEMPLATES / f"{name}.css").read_text(), url_fetcher=refuse)
    pdf: bytes = HTML(string=page, url_fetcher=refuse).write_pdf(stylesheets=[style])
    return pdf


def refuse(url: str, *_args: object, **_more: object) -> Any:
    """Fetch nothing, from the network or the disk (SEC-04).

    Raises:
        FetchesNothing: always.
    """
    raise FetchesNothing(url)
