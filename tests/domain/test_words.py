"""What a fulfilment todo says (FUL-04 to FUL-08, table 1a)."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard import catalog, intake
from dashboard.catalog import SERVICES
from dashboard.money import dollars
from dashboard.orders import words
from dashboard.orders.words import Case

NPI = "1234567893"
FRIDAY = date(2026, 11, 20)
LABELS = [
    "Provider",
    "NPI",
    "PECOS Enrollment ID",
    "Specialty",
    "Practice state",
    "Surrogate access (expedited)",
    "Portal",
    "Access model",
]


def case(
    slug: str = "npi-revalidation", customer: str | None = "Demo Family Practice", **answers: object
) -> Case:
    return Case(catalog.service(slug), intake.checked(answers), customer)


def renewal(invoice_id: str | None = "in_demo_7") -> Case:
    return Case(catalog.service("oig-sam-screening"), intake.checked({"npi": NPI}), "Demo", True, invoice_id)


def test_the_title_names_service_provider_and_npi() -> None:
    told = case(npi=NPI, provider_name="Dr. Sample Provider")
    assert words.title(told) == f"Medicare PECOS Revalidation Filing — Dr. Sample Provider (NPI {NPI})"


def test_a_title_without_answers_says_so() -> None:
    assert words.title(case("nppes-update")).endswith(" — Demo Family Practice (NPI N/A)")
    assert words.title(case("nppes-update", customer=None)).endswith(" — Unknown (NPI N/A)")


def test_a_renewal_says_so_first_and_names_its_invoice() -> None:
    assert words.title(renewal()).startswith("[Monthly cycle] OIG/SAM")
    first = words.description(renewal()).splitlines()[0]
    for told in (
        "RECURRING MONTHLY CYCLE",
        "renewal charge cleared",
        "in_demo_7",
        "CURRENT lists",
        "NEW dated",
    ):
        assert told in first
    assert "MONTHLY CYCLE" not in words.description(case())


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.slug)
def test_the_labels_stand_in_their_order_then_notes_then_the_last_step(service: catalog.Service) -> None:
    told = words.description(Case(service, intake.Intake()), ["A note."]).splitlines()
    starts = ["Action", *LABELS]
    at = [next(n for n, line in enumerate(told) if line.startswith(f"{label}: ")) for label in starts]
    assert at == sorted(at)
    assert at[-1] < told.index("A note.") == len(told) - 2
    assert told[-1].startswith("Last: ")
    assert told[-1].endswith("mark the order complete.")


def test_missing_answers_say_not_provided_and_a_missing_npi_says_na() -> None:
    told = dict(words.facts(case(customer=None)))
    assert (told["Provider"], told["NPI"]) == ("Unknown", "N/A")
    assert {told[label] for label in LABELS[2:5]} == {"not provided"}


@pytest.mark.parametrize(
    ("answer", "says", "last"),
    [
        ("YES", "file EXPEDITED, online through surrogate access", "submit it the EXPEDITED way"),
        ("no", "STANDARD, prepare the form, get it signed, daily mail", "submit it the STANDARD way"),
        ("undecided", "UNDECIDED: confirm with the client, STANDARD if not granted", "EXPEDITED once"),
        (None, "UNDECIDED: confirm with the client, STANDARD if not granted", "EXPEDITED once"),
    ],
)
def test_surrogate_access_decides_the_way(answer: str | None, says: str, last: str) -> None:
    told = words.description(case(surrogate_access=answer))
    assert says in told
    assert last in told


def test_a_screening_needs_no_access_of_the_client() -> None:
    told = dict(words.facts(case("oig-sam-screening")))
    assert told["Surrogate access (expedited)"] == "not needed for this service"
    assert "https://oig.hhs.gov/exclusions/" in told["Portal"]
    assert "https://sam.gov/" in told["Portal"]


@pytest.mark.parametrize(
    ("answer", "portals"), [("npi", ["NPPES"]), ("medicare billing", ["PECOS"]), (None, ["NPPES", "PECOS"])]
)
def test_a_reactivation_goes_where_it_was_deactivated(answer: str | None, portals: list[str]) -> None:
    assert [portal.name for portal in words.portals(case("npi-reactivation", deactivated=answer))] == portals


def test_an_ssn_in_an_answer_never_reaches_the_description() -> None:
    assert "000-12-3456" not in words.description(case("nppes-update", changes="My SSN is 000-12-3456"))


@pytest.mark.parametrize("slug", ["npi-revalidation", "npi-reactivation", "medicare-enrollment"])
def test_high_priority_is_due_in_three_working_days(slug: str) -> None:
    assert words.due_on(case(slug), FRIDAY) == date(2026, 11, 25)


def test_normal_priority_is_due_in_five_working_days() -> None:
    assert words.due_on(case("oig-sam-screening"), FRIDAY) == date(2026, 11, 27)
    assert words.due_on(case("nppes-update"), FRIDAY) == date(2026, 11, 27)


def test_an_nppes_change_is_due_thirty_days_after_it() -> None:
    assert words.due_on(case("nppes-update", change_date="2026-12-31"), FRIDAY) == date(2027, 1, 30)


def keys(told: Case) -> list[str]:
    return [item["key"] for item in words.checklist(told)]


def test_the_bundle_has_its_five_items_all_open() -> None:
    items = words.checklist(case("provider-compliance-bundle"))
    assert [item["key"] for item in items] == ["watch", "first_screening", "nppes", "reminder", "offer"]
    assert not any(item["done"] for item in items)


def test_reactivation_and_enrollment_have_their_three_items() -> None:
    assert keys(case("npi-reactivation")) == ["reason", "stale_data", "recertify"]
    assert keys(case("medicare-enrollment", entity_kind="individual")) == ["taxonomy", "location", "official"]


def test_the_application_fee_is_asked_of_anybody_who_may_file_an_855b() -> None:
    for kind, asked in (("individual", False), ("organization", True), ("sole owner", True), (None, True)):
        for slug in words.FILED_ON_855:
            assert ("application_fee" in keys(case(slug, entity_kind=kind))) is asked
    fee = words.checklist(case("medicare-enrollment", entity_kind="organization"))[-1]
    assert dollars(750_00) in fee["help"]
    assert "2026" in fee["help"]


def test_the_agencys_tracking_id_belongs_to_what_is_filed_online() -> None:
    assert words.is_filed_online(case(surrogate_access="yes"))
    assert not words.is_filed_online(case(surrogate_access="no"))
    assert not words.is_filed_online(case("oig-sam-screening", surrogate_access="yes"))


def test_notes_name_what_is_missing_and_what_to_do_by_hand() -> None:
    assert "NPI, Email missing" in words.intake_incomplete(["npi", "email"])
    assert words.failed("Mail", "SMTPServerDisconnected", "send it by hand.").startswith("Mail FAILED (SMTP")
    assert "No client email" in words.no_client_email()


def test_a_reason_for_filing_is_told_where_it_was_given_though_not_asked() -> None:
    assert dict(words.facts(case(filing_reason="change")))["Reason for filing"] == "Change of information"
    assert "Reason for filing" not in dict(words.facts(case()))
