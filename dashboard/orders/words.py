"""What a fulfilment todo says: title, description, due date and checklist (FUL-04 to FUL-08, spec table 1a).

Pure: catalog entry, intake and plain values in, texts and dates out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboard import intake as intakes
from dashboard.catalog import APPLICATION_FEE, ChecklistItem, Fulfillment, Portal, Priority, Service
from dashboard.intake import Deactivated, EntityKind, FilingReason, Intake, SurrogateAccess

NOT_PROVIDED = "not provided"
NO_NPI = "N/A"
NO_ACCESS_NEEDED = "not needed for this service"
SURROGATE = {
    SurrogateAccess.YES: "YES: file EXPEDITED, online through surrogate access",
    SurrogateAccess.NO: "NO: STANDARD, prepare the form, get it signed, daily mail",
    SurrogateAccess.UNDECIDED: "UNDECIDED: confirm with the client, STANDARD if not granted",
}
SUBMIT = {
    SurrogateAccess.YES: "submit it the EXPEDITED way",
    SurrogateAccess.NO: "submit it the STANDARD way",
    SurrogateAccess.UNDECIDED: "submit it the STANDARD way, or EXPEDITED once surrogate access is granted",
}
WORKING_DAYS = {Priority.HIGH: 3, Priority.NORMAL: 5}
DAYS_AFTER_A_CHANGE = timedelta(days=30)
BESIDES = ("filing_reason", "entity_kind", "change_date", "changes", "deactivated", "roster")
FILED_ON_855 = ("npi-revalidation", "medicare-enrollment")


@dataclass(frozen=True, slots=True)
class Case:
    """What one dispatch is about. `recurring` is a renewal, `invoice_id` the invoice that paid for it."""

    service: Service
    intake: Intake
    customer_name: str | None = None
    recurring: bool = False
    invoice_id: str | None = None

    @property
    def provider(self) -> str:
        return intakes.provider(self.intake, self.customer_name)


def title(case: Case) -> str:
    """`[Monthly cycle] ` on renewals, the service, the provider and the NPI (FUL-04)."""
    cycle = "[Monthly cycle] " if case.recurring else ""
    return f"{cycle}{case.service.name} — {case.provider} (NPI {case.intake.npi or NO_NPI})"


def description(case: Case, notes: Sequence[str] = ()) -> str:
    """The whole text of the todo, a line each: cycle note, action, labels, notes, what to do last (1a)."""
    head = [cycle_note(case)] if case.recurring else []
    labels = [f"{label}: {value}" for label, value in facts(case)]
    return "\n".join([*head, f"Action: {case.service.action}", *labels, *notes, last_step(case)])


def cycle_note(case: Case) -> str:
    """What a renewal is and which invoice paid for it."""
    return (
        "This is a RECURRING MONTHLY CYCLE: the renewal charge cleared"
        f" (invoice {case.invoice_id or NOT_PROVIDED})."
        " Screen again on CURRENT lists and issue a NEW dated certificate."
    )


def facts(case: Case) -> list[tuple[str, str]]:
    """The labels of 1a with their values, in their order; missing ones say so (INT-03), SSNs are blanked."""
    told = [*common_facts(case), *asked_facts(case)]
    return [(label, intakes.without_sensitive(value)) for label, value in told]


def common_facts(case: Case) -> Iterator[tuple[str, str]]:
    """What every todo tells."""
    intake = case.intake
    yield from (
        ("Provider", case.provider),
        ("NPI", intake.npi or NO_NPI),
        ("PECOS Enrollment ID", intake.pecos_enrollment_id or NOT_PROVIDED),
        ("Specialty", intake.specialty or NOT_PROVIDED),
        ("Practice state", intake.practice_state or NOT_PROVIDED),
        ("Surrogate access (expedited)", surrogate_label(case)),
        ("Portal", "; ".join(f"{portal.name} {portal.url}" for portal in portals(case))),
        ("Access model", access_model(case.service)),
    )


def surrogate_label(case: Case) -> str:
    """Which way the filing goes, by what the client answered (FUL-05)."""
    return SURROGATE[case.intake.surrogate_access] if case.service.access_expedited else NO_ACCESS_NEEDED


def portals(case: Case) -> tuple[Portal, ...]:
    """Where to work: a reactivation narrows its portals to what was deactivated."""
    nppes_then_pecos = case.service.portals
    if case.service.slug != "npi-reactivation" or case.intake.deactivated is None:
        return nppes_then_pecos
    return nppes_then_pecos[:1] if case.intake.deactivated is Deactivated.NPI else nppes_then_pecos[1:]


def access_model(service: Service) -> str:
    """How we may get in: the standard way and, where the client can open one, the expedited way."""
    if not service.access_expedited:
        return service.access_standard
    return f"STANDARD: {service.access_standard}; EXPEDITED: {service.access_expedited}"


def asked_facts(case: Case) -> Iterator[tuple[str, str]]:
    """What this service asks, or the client said, beyond the labels every todo has."""
    asked = intakes.asked(case.service)
    for name in BESIDES:
        if name in asked or getattr(case.intake, name):
            yield intakes.LABELS[name], worded(getattr(case.intake, name))


def worded(value: object) -> str:
    """An answer in words; one not given says so."""
    if isinstance(value, tuple):
        return f"{len(value)} listed" if value else NOT_PROVIDED
    if isinstance(value, FilingReason | EntityKind | Deactivated):
        return intakes.CHOICE_LABELS[value]
    return str(value) if value else NOT_PROVIDED


def last_step(case: Case) -> str:
    """What to do last, by the kind of service and the way it is filed."""
    match case.service.fulfillment:
        case Fulfillment.SCREENING:
            return "Last: decide every possible match, check the certificate, mark the order complete."
        case Fulfillment.BUNDLE:
            return "Last: finish all five items of the checklist, mark the order complete."
        case Fulfillment.FILING:
            way = SUBMIT[case.intake.surrogate_access]
            return f"Last: complete and verify the form, get it signed, {way}, mark the order complete."


def intake_incomplete(missing: Iterable[str]) -> str:
    """The note on an order that lacks required answers (INT-03)."""
    names = ", ".join(intakes.LABELS[name] for name in missing)
    return f"INTAKE INCOMPLETE: {names} missing. The client can complete it through the order's link."


def no_client_email() -> str:
    """The note on an order whose client we cannot write to."""
    return "No client email: reach the client by hand, also for the signature."


def failed(what: str, error_class: str, by_hand: str) -> str:
    """The note on a step that failed without costing the todo (FUL-09): what, why, and what to do instead."""
    return f"{what} FAILED ({error_class}): {by_hand}"


def due_on(case: Case, today: date) -> date:
    """The firm's day on which it is due.

    A reported NPPES change is due 30 days after the change (FUL-08); else three working days for high
    priority, five for normal.
    """
    if case.service.slug == "nppes-update" and case.intake.change_date is not None:
        return case.intake.change_date + DAYS_AFTER_A_CHANGE
    return working_days_after(today, WORKING_DAYS[case.service.priority])


def working_days_after(day: date, count: int) -> date:
    """The day `count` weekdays later."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def checklist(case: Case) -> list[dict[str, Any]]:
    """What to tick off, as a todo keeps it: key, label, help and done (FUL-07, FUL-08)."""
    fee = [APPLICATION_FEE] if may_be_855b(case) else []
    return [unticked(item) for item in [*case.service.checklist, *fee]]


def may_be_855b(case: Case) -> bool:
    """Whether the filing is, or may turn out to be, a CMS-855B: anybody but an individual (FRM-01)."""
    return case.service.slug in FILED_ON_855 and case.intake.entity_kind is not EntityKind.INDIVIDUAL


def unticked(item: ChecklistItem) -> dict[str, Any]:
    return {"key": item.key, "label": item.label, "help": item.help, "done": False}


def is_filed_online(case: Case) -> bool:
    """Whether completing it needs the agency's tracking id, or a reason why there is none (FUL-08)."""
    filed = case.service.fulfillment is not Fulfillment.SCREENING
    return filed and case.intake.surrogate_access is SurrogateAccess.YES
