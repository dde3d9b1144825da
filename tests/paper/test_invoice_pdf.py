"""An invoice's PDF: everything from the snapshot, nothing from elsewhere (INV-04, SEC-04)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboard import paper
from dashboard.paper import press
from dashboard.paper.invoice import facts_of

SNAPSHOT: dict[str, Any] = {
    "number": "K7QX-0012",
    "type": "monthly",
    "issued_on": "2026-04-03",
    "due_date": "2026-05-03",
    "period_start": "2026-03-01",
    "period_end": "2026-04-01",
    "firm": {"name": "Demo Firm", "address": ["1 Sample Street"], "email": "a@example.test", "phone": None},
    "office": {"name": "Demo & <b>Sons</b> Παράδειγμα", "address": [], "email": None, "phone": None},
    "lines": [
        {"wording": "Patient Activations", "month": "2026-03-01", "quantity": 1042, "unit_cents": 200}
        | {"total_cents": 208400},
        {"wording": "Credit", "month": "2026-01-31", "quantity": 1, "unit_cents": -200, "total_cents": -200},
    ],
    "total_cents": 208200,
    "currency": "usd",
    "replaces": "K7QX-0009",
    "terms": ["Payable within 30 days of issue, in US dollars."],
}


def text_of(pdf: bytes, folder: Path) -> str:
    """What somebody reads on it."""
    path = folder / "invoice.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True)
    return done.stdout


def test_the_words_are_people_s_words() -> None:
    facts = facts_of(SNAPSHOT)
    assert (facts["issued_on"], facts["due_date"]) == ("3 Apr 2026", "3 May 2026")
    assert facts["period"] == "1 Mar 2026 to 31 Mar 2026"
    assert [line["month"] for line in facts["lines"]] == ["March 2026", "Month from 31 Jan 2026"]
    assert [line["total"] for line in facts["lines"]] == ["$2,084.00", "-$2.00"]


def test_a_charge_of_its_own_has_no_period() -> None:
    assert facts_of(SNAPSHOT | {"type": "one_off"})["period"] is None


def test_everything_stands_on_the_paper(tmp_path: Path) -> None:
    text = text_of(paper.invoice_pdf(SNAPSHOT), tmp_path)
    for said in (
        "K7QX-0012",
        "K7QX-0009",
        "Demo & <b>Sons</b> Παράδειγμα",
        "1,042",
        "$2,082.00",
        "3 May 2026",
    ):
        assert said in text, said


def test_many_lines_take_many_pages_each_with_its_number(tmp_path: Path) -> None:
    text = text_of(paper.invoice_pdf(SNAPSHOT | {"lines": SNAPSHOT["lines"] * 20}), tmp_path)
    assert "Page 1 of 4" in text
    assert text.count("Description") == text.count(" of 4")


@pytest.mark.parametrize("url", ["http://127.0.0.1/logo.png", "file:///etc/hostname", "data:text/plain,x"])
def test_nothing_is_fetched_from_anywhere(url: str) -> None:
    with pytest.raises(press.FetchesNothing):
        press.refuse(url)


def test_the_library_is_loaded_when_the_first_page_is_drawn() -> None:
    looking = "import sys, dashboard.paper, jobs.billing; sys.exit('weasyprint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", looking], check=False).returncode == 0
