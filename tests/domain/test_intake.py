"""The intake is typed, validated all at once, and loses nothing (INT-01 to INT-04)."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import catalog, intake
from dashboard.intake import roster

NPI = "1234567893"
GIVEN = {
    "npi": "123-456-7893",
    "provider_name": "  Dr. Sample   Provider ",
    "email": "office@example.test",
    "practice_state": "ohio",
    "surrogate_access": "YES",
    "entity_kind": "Sole owner",
    "change_date": "03/31/2026",
    "changes": "New suite number\r\nNew phone",
}

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


def problems(**given: object) -> dict[str, str]:
    return dict(intake.parse(given).problems)


def test_typed_answers_come_out_of_texts() -> None:
    read = intake.checked(GIVEN)
    assert (read.npi, read.provider_name, read.practice_state) == (NPI, "Dr. Sample Provider", "OH")
    assert read.surrogate_access is intake.SurrogateAccess.YES
    assert read.entity_kind is intake.EntityKind.SOLE_OWNER
    assert (read.change_date, read.changes) == (date(2026, 3, 31), "New suite number\nNew phone")


def test_an_object_and_its_json_string_give_the_same_intake() -> None:
    assert intake.checked(json.dumps(GIVEN)) == intake.checked(GIVEN)


def test_what_is_kept_reads_back_unchanged() -> None:
    people = [{"name": "A. Demo", "other_names": ["B. Demo"], "npi": NPI, "date_of_birth": "1980-02-29"}]
    read = intake.checked({**GIVEN, "roster": people, "licence": {"number": 7}})
    assert intake.checked(json.dumps(intake.as_data(read))) == read


def test_every_problem_is_told_at_once_and_good_answers_are_kept() -> None:
    parsed = intake.parse({**GIVEN, "npi": "1234567890", "email": "nobody", "practice_state": "ZZ"})
    assert [problem.field for problem in parsed.problems] == ["npi", "email", "practice_state"]
    assert parsed.intake.provider_name == "Dr. Sample Provider"
    with pytest.raises(intake.IntakeInvalid) as refused:
        intake.checked({"npi": "1", "email": "nobody"})
    assert (len(refused.value.problems), refused.value.field, refused.value.status) == (2, "npi", 422)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("npi", "12345"),
        ("npi", ["1234567893"]),
        ("email", "a@b"),
        ("email", "a@example.test, b@example.test"),
        ("email", "a@example..test"),
        ("provider_name", "x" * 201),
        ("pecos_enrollment_id", "I 2020/01"),
        ("surrogate_access", "maybe"),
        ("filing_reason", "because"),
        ("entity_kind", "robot"),
        ("deactivated", "everything"),
        ("change_date", "2026-02-30"),
        ("change_date", "31.03.2026"),
        ("change_date", "0001-01-01"),
        ("changes", "x" * 4001),
        ("roster", {"name": "x"}),
        ("roster", 7),
    ],
)
def test_a_wrong_answer_is_named_by_its_field(field: str, value: object) -> None:
    assert list(problems(**{field: value})) == [field]


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ("Yes", "yes"),
        ("NO", "no"),
        ("uNdEcIdEd", "undecided"),
        ("", "undecided"),
        (None, "undecided"),
        (True, "yes"),
    ],
)
def test_surrogate_access_is_read_in_any_letter_case(value: object, meant: str) -> None:
    assert intake.checked({"surrogate_access": value}).surrogate_access == meant


def test_a_number_counts_as_its_digits() -> None:
    assert intake.checked({"npi": int(NPI)}).npi == NPI


@pytest.mark.parametrize("blank", ["", "   ", None, "\u200b"])
def test_blank_answers_are_missing_not_wrong(blank: object) -> None:
    read = intake.checked({"npi": blank, "provider_name": blank, "email": blank, "specialty": blank})
    assert read == intake.Intake()
    assert intake.missing_required(read) == ("npi", "provider_name", "email")


def test_only_the_three_required_answers_make_an_intake_complete() -> None:
    assert (
        intake.missing_required(intake.checked({"npi": NPI, "provider_name": "P", "email": "a@example.test"}))
        == ()
    )


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", '"text"', "7", "{", '{"npi": NaN}', "[" * 100_000, '{"a":' * 5000, '{"x": "\\ud800"}'],
)
def test_a_text_that_is_no_object_is_refused(text: str) -> None:
    assert [problem.field for problem in intake.parse(text).problems] == ["intake_data"]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), object(), b"x", {1: "x"}, "\0", {"\ud800": 1}])
def test_what_cannot_be_kept_is_refused(value: object) -> None:
    assert list(problems(more=value)) == ["intake_data"]


def test_nesting_is_bounded() -> None:
    deep: object = "x"
    for _ in range(5):
        deep = {"in": [deep]}
    assert problems(more=deep) == {}
    assert list(problems(more=[[deep]])) == ["intake_data"]


def test_an_endless_intake_is_refused() -> None:
    assert "intake_data" in problems(notes="x" * 300_000)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_object_is_either_read_or_named_wrong(given: dict[str, object]) -> None:
    parsed = intake.parse(given)
    assert intake.parse(intake.as_data(parsed.intake)).intake == parsed.intake


def test_answers_we_did_not_ask_for_are_kept() -> None:
    assert intake.checked({"fax": "555", "owner": {"ein": "12"}}).more == {
        "fax": "555",
        "owner": {"ein": "12"},
    }


def test_later_answers_complete_earlier_ones_and_blanks_change_nothing() -> None:
    earlier = intake.checked({"provider_name": "P", "specialty": "Cardiology", "surrogate_access": "yes"})
    later = intake.checked({"npi": NPI, "specialty": "", "provider_name": "Q"})
    both = intake.completed(earlier, later)
    assert (both.npi, both.provider_name, both.specialty, both.surrogate_access) == (
        NPI,
        "Q",
        "Cardiology",
        "yes",
    )


SECRETS = {
    "ssn": "000-12-3456",
    "Provider SSN": 1,
    "dateOfBirth": "1980-01-01",
    "DOB": "x",
    "social_security_no": 2,
}


def test_ssn_and_birth_dates_never_reach_the_todo_at_any_depth() -> None:
    read = intake.checked({
        **GIVEN, **SECRETS, "owners": [{"name": "O", "deep": [SECRETS]}], "remarks": "SSN 000-12-3456, call",
        "roster": [{"name": "A. Demo", "date_of_birth": "1980-02-29"}],
    })  # fmt: skip
    kept = json.dumps(intake.todo_data(read))
    for secret in ("000-12-3456", "1980", *SECRETS):
        assert secret not in kept
    assert "A. Demo" in kept
    assert '"O"' in kept


def test_numbers_that_are_no_ssn_stay() -> None:
    told = {"phone": "555-012-3456", "zip": "43004-1234", "npi": NPI, "day": "2026-03-31"}
    assert intake.without_sensitive(told) == told


@pytest.mark.parametrize(
    ("provider", "customer", "shown"),
    [("P", "C", "P"), ("", "C", "C"), ("", "  ", "Unknown"), ("", None, "Unknown")],
)
def test_the_provider_is_the_answer_else_the_customer_else_unknown(
    provider: str, customer: str | None, shown: str
) -> None:
    assert intake.provider(intake.checked({"provider_name": provider}), customer) == shown


def test_the_email_is_the_intakes_else_the_customers() -> None:
    told = intake.checked({"email": "i@example.test"})
    assert intake.contact_email(told, "c@example.test") == "i@example.test"
    assert intake.contact_email(intake.Intake(), "c@example.test") == "c@example.test"
    assert intake.contact_email(intake.Intake(), None) is None


CSV = """Name,Date of birth,NPI,Other names
"Demo, Ann",1980-02-29,1234567893,Ann Sample; Ann Example

Bob Demo,,,
"""


def test_a_roster_is_read_from_csv_with_headings_in_any_order() -> None:
    people, wrong = roster.from_csv("\ufeff" + CSV)
    ann, bob = people
    assert wrong == []
    assert (ann.name, ann.other_names, ann.npi) == ("Demo, Ann", ("Ann Sample", "Ann Example"), NPI)
    assert (ann.date_of_birth, bob) == (date(1980, 2, 29), intake.RosterMember("Bob Demo"))


def test_a_roster_without_headings_has_name_other_names_npi_and_birth_date() -> None:
    people, wrong = roster.from_csv("Ann Demo,Ann Sample,1234567893,02/29/1980")
    assert (people[0].npi, people[0].date_of_birth, wrong) == (NPI, date(1980, 2, 29), [])


def test_errors_of_a_roster_name_their_lines_and_keep_the_good_ones() -> None:
    people, wrong = roster.from_csv(
        "name,npi,dob\nAnn Demo,1234567890,\n\n,,\nBob Demo,,1980-02-30\n,1234567893,\nEve Demo\n"
    )
    assert [person.name for person in people] == ["Eve Demo"]
    assert [text.split(":")[0] for text in wrong] == ["line 2", "line 5", "line 6"]


@pytest.mark.parametrize("text", ["", "\n\n", "name,npi\n"])
def test_an_empty_roster_is_no_error(text: str) -> None:
    assert roster.from_csv(text) == ((), [])


def test_a_roster_is_bounded() -> None:
    assert "at most" in problems(roster="\n".join(f"Person {n}" for n in range(501)))["roster"]


def test_every_service_asks_the_required_answers_and_its_own() -> None:
    for service in catalog.SERVICES:
        assert intake.asked(service)[:3] == intake.REQUIRED
        assert set(intake.asked(service)) <= set(intake.LABELS)
    assert {"change_date", "changes"} <= set(intake.asked(catalog.service("nppes-update")))
    assert "deactivated" in intake.asked(catalog.service("npi-reactivation"))
    assert "roster" in intake.asked(catalog.service("oig-sam-screening"))
