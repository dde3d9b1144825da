"""What clients read: the catalog's prices, the same facts in text and HTML, no mechanics (CAT-06, EML-01)."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, render_template
from jinja2 import Environment, meta

from dashboard import catalog
from dashboard.catalog import SERVICES
from dashboard.money import dollars

TEMPLATES = Path(__file__).parents[2] / "templates"
FOR_CLIENTS = sorted(
    path.relative_to(TEMPLATES).as_posix()
    for folder in ("public", "email")
    for path in (TEMPLATES / folder).iterdir()
)
MAILS = sorted({path.stem for path in (TEMPLATES / "email").iterdir()} - {"layout"})
UNSAID = re.compile(r"\bpaper\b|\bMAC\b|fargo|\bCMS.?\d|\b855|\b10114|\bform \d", re.IGNORECASE)
PRICE = re.compile(r"\$[\d,]+\.\d\d")
LINK = "https://localhost/link/a-token?x=1&y=2"
RECURRING = "Billed every month, cancel anytime"


def facts(slug: str = "npi-revalidation", **more: Any) -> dict[str, Any]:
    """All that any mail may be told."""
    service = catalog.service(slug)
    return {
        "name": "Dr. <Sample> Provider",
        "service": service,
        "order_number": "CO-DEMO7",
        "price_cents": service.price_cents,
        "billing_interval": service.billing_interval,
        "paid": False,
        "missing": ["NPI", "Provider"],
        "link": LINK,
        "role": "read_only",
        "hours": 72,
        "office": "Demo Family Practice",
        "number": "DEMO7-0001",
        "total_cents": 12_00,
        "rest_cents": 10_00,
        "due_date": date(2026, 4, 1),
        "plan": "Demo plan",
        "ends_on": date(2026, 4, 15),
        **more,
    }


def seen(html: str) -> str:
    """What a reader sees of HTML."""
    body = html[html.index("<body>") :]
    return unescape(re.sub(r"<[^>]+>", " ", body))


@pytest.mark.parametrize("template", FOR_CLIENTS)
def test_no_client_text_tells_our_mechanics(template: str) -> None:
    words = (TEMPLATES / template).read_text(encoding="utf-8").replace("_words.html", "")
    assert UNSAID.findall(words) == []


def test_no_sentence_of_the_catalog_tells_our_mechanics() -> None:
    assert [service.slug for service in SERVICES if UNSAID.search(service.sentence)] == []


def test_every_mail_exists_as_text_and_html_with_the_support_contact(app: Flask) -> None:
    for mail in MAILS:
        for kind in ("txt", "html"):
            assert "support@countersign.example" in render_template(f"email/{mail}.{kind}", **facts())


def test_text_and_html_of_a_mail_tell_the_same_facts(app: Flask) -> None:
    for mail in MAILS:
        text = render_template(f"email/{mail}.txt", **facts())
        whole = render_template(f"email/{mail}.html", **facts())
        html = seen(whole)
        told = [
            found
            for found in ("CO-DEMO7", "NPI", "72 hours", "Read only", "12 months", "DEMO7-0001", "15 Apr")
            if found in text
        ]
        assert told == [found for found in told if found in html], mail
        body = text.partition("\n")[2]
        assert PRICE.findall(body) == PRICE.findall(html), mail
        assert (LINK in text) is (LINK in unescape(whole)), mail


def test_the_first_line_of_a_mails_text_is_its_subject(app: Flask) -> None:
    for mail in MAILS:
        subject, blank, *rest = render_template(f"email/{mail}.txt", **facts()).split("\n")
        title = re.search("<title>(.*?)</title>", render_template(f"email/{mail}.html", **facts()))
        assert title
        assert unescape(title[1]) == subject != ""
        assert blank == ""
        assert "Hello Dr. <Sample> Provider," in rest


def test_names_are_escaped_in_html(app: Flask) -> None:
    for mail in MAILS:
        assert "<Sample>" not in render_template(f"email/{mail}.html", **facts())


def test_mails_state_the_catalogs_price_and_its_terms(app: Flask) -> None:
    for slug, mails, terms in (
        ("oig-sam-screening", ("hc_oig_screening", "order_received"), True),
        ("provider-compliance-bundle", ("hc_compliance_bundle", "order_received"), False),
    ):
        for mail in mails:
            text = render_template(f"email/{mail}.txt", **facts(slug))
            assert PRICE.findall(text) == [dollars(catalog.service(slug).price_cents)]
            assert (RECURRING in text) is terms


def test_the_bundles_mail_promises_the_first_screening_only(app: Flask) -> None:
    assert "only the first" in render_template(
        "email/hc_compliance_bundle.txt", **facts("provider-compliance-bundle")
    )


def test_every_name_a_mail_uses_is_a_known_fact(app: Flask) -> None:
    known = {*facts(), *app.jinja_env.globals, "support_email", "support_phone"}
    environment: Environment = app.jinja_env
    for mail in MAILS:
        for kind in ("txt", "html"):
            source = (TEMPLATES / "email" / f"{mail}.{kind}").read_text(encoding="utf-8")
            assert meta.find_undeclared_variables(environment.parse(source)) <= known, mail
