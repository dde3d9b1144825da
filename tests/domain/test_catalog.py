"""The catalog sells six services and nothing else states what they cost (CAT-01 to CAT-05)."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard import catalog
from dashboard.catalog import published
from dashboard.cli.catalog import catalog as command
from dashboard.money import dollars, plain

ROOT = Path(__file__).parents[2]
COPY = ROOT / "docs" / "catalog.json"
SOLD = {
    "npi-revalidation": ("Medicare PECOS Revalidation Filing", "high", 34900, None),
    "npi-reactivation": ("NPI Reactivation", "high", 29900, None),
    "nppes-update": ("NPPES Data Update / Attestation", "normal", 9900, None),
    "medicare-enrollment": ("Medicare Enrollment (PECOS)", "high", 49900, None),
    "oig-sam-screening": ("OIG/SAM Exclusion Screening (Monthly Monitoring)", "normal", 7900, "month"),
    "provider-compliance-bundle": ("Provider Compliance Bundle (Annual)", "high", 89900, None),
}
MAY_STATE_PRICES = {"dashboard/catalog/services.py", "docs/catalog.json", "tests/domain/test_catalog.py"}
NOT_OURS = {"package-lock.json", "requirements.txt", "requirements-dev.txt"}
BINARY = {".png", ".pdf", ".ico", ".woff2", ".gz"}


def test_six_services_are_sold_on_these_terms() -> None:
    terms = {s.slug: (s.name, s.priority, s.price_cents, s.billing_interval) for s in catalog.SERVICES}
    assert terms == SOLD
    assert all(s.allowed_methods == ("card", "ach") for s in catalog.SERVICES)


def test_a_seventh_slug_is_refused_by_name() -> None:
    with pytest.raises(catalog.UnknownService, match="npi-cancellation") as refused:
        catalog.service("npi-cancellation")
    assert (refused.value.status, refused.value.code, refused.value.field) == (
        404,
        "UNKNOWN_SERVICE",
        "service_slug",
    )


def test_a_record_never_changes() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.service("nppes-update").price_cents = 1  # type: ignore[misc]


def test_the_bundle_is_paid_once_for_twelve_months_and_spawns_the_revalidation() -> None:
    bundle = catalog.service("provider-compliance-bundle")
    assert (bundle.is_recurring, bundle.covers_months, bundle.spawns) == (False, 12, ("npi-revalidation",))
    assert [item.key for item in bundle.checklist] == [
        "watch",
        "first_screening",
        "nppes",
        "reminder",
        "offer",
    ]


def test_the_bundle_names_the_price_of_the_monitoring_it_offers() -> None:
    monitoring = catalog.service("oig-sam-screening")
    assert dollars(monitoring.price_cents) in catalog.service("provider-compliance-bundle").action


def test_the_export_holds_no_text_for_staff() -> None:
    told = published.text()
    for service in catalog.SERVICES:
        secrets = [service.action, service.access_standard, service.access_expedited]
        secrets += [portal.url for portal in service.portals] + [item.label for item in service.checklist]
        assert not [secret for secret in secrets if secret and secret in told]
        assert service.sentence in told


def test_the_copy_in_the_docs_is_what_the_catalog_says() -> None:
    checked = CliRunner().invoke(command, ["check", str(COPY)])
    assert checked.exit_code == 0, checked.output


def changed(tmp_path: Path, change: str, value: object) -> Path:
    copy = published.export()
    copy["services"][0][change] = value
    file = tmp_path / "copy.json"
    file.write_text(json.dumps(copy))
    return file


@pytest.mark.parametrize(
    ("field", "value"), [("price_cents", 1), ("name", "Other"), ("color", "red"), ("price", 349)]
)
def test_a_copy_that_differs_is_named_by_slug_and_field(tmp_path: Path, field: str, value: object) -> None:
    checked = CliRunner().invoke(command, ["check", str(changed(tmp_path, field, value))])
    assert checked.exit_code == 1
    assert f"npi-revalidation: {field}: " in checked.output


def test_missing_added_and_doubled_services_are_named(tmp_path: Path) -> None:
    copy = published.export()
    del copy["services"][1]
    copy["services"] += [{"slug": "seventh"}, copy["services"][0]]
    named = {(d.slug, d.field) for d in published.differences(published.export(), copy)}
    assert named == {(slug, published.WHOLE) for slug in ("npi-reactivation", "seventh", "npi-revalidation")}


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"services": [1]}', '{"services": [{}]}', "[" * 100_000])
def test_what_is_no_catalog_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "copy.json"
    file.write_text(text)
    checked = CliRunner().invoke(command, ["check", str(file)])
    assert checked.exit_code == 2
    assert "flask catalog export" in checked.output


def test_an_exported_file_is_equal_to_the_catalog(tmp_path: Path) -> None:
    file = tmp_path / "copy.json"
    assert CliRunner().invoke(command, ["export", str(file)]).exit_code == 0
    assert CliRunner().invoke(command, ["check", str(file)]).exit_code == 0


def own_texts() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    left_out = MAY_STATE_PRICES | NOT_OURS
    return [ROOT / name for name in listed if Path(name).suffix not in BINARY and name not in left_out]


def figures(cents: int) -> set[str]:
    """The ways to write a price: 250000 is 250000, 2500.00, 2,500.00, $2500 or 2500_00."""
    whole = cents // 100
    return {
        str(cents),
        plain(cents),
        dollars(cents).removeprefix("$"),
        f"${whole}",
        f"{whole}_{cents % 100:02d}",
    }


def test_no_price_stands_anywhere_else() -> None:
    told = {figure for service in catalog.SERVICES for figure in figures(service.price_cents)}
    found = [
        f"{path.relative_to(ROOT)} says {figure}"
        for path in own_texts()
        if path.is_file()
        for figure in told
        if states(path.read_text(encoding="utf-8", errors="replace"), figure)
    ]
    assert found == []


def states(text: str, figure: str) -> bool:
    """Whether a text holds the figure on its own, not as a part of a longer number."""
    at = text.find(figure)
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(figure) : at + len(figure) + 1]
        if not before.isalnum() and not after.isalnum():
            return True
        at = text.find(figure, at + 1)
    return False
