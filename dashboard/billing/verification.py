"""The two strings of an office that may leave: entered by one person, verified by another (spec OFF-03)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from dashboard import actor, audit
from dashboard.audit import Action
from dashboard.billing import customers
from dashboard.errors import AccessDenied, DomainError, Invalid, StaleVersion
from dashboard.models import Office
from dashboard.rights import Permission, Role, may


class Finding(StrEnum):
    """What the detectors found in an office's name or billing email."""

    PATIENT_NAME = "patient_name"
    PATIENT_EMAIL = "patient_email"
    LOOKS_LIKE_A_PERSON = "looks_like_a_person"
    ODD_TEXT = "odd_text"


OF_PATIENTS = frozenset({Finding.PATIENT_NAME, Finding.PATIENT_EMAIL})
MAY_LET_PATIENTS_PASS = frozenset({Role.COMPLIANCE.value, Role.ADMIN.value})


class SelfVerification(DomainError):
    """Whoever entered a string cannot be the one to verify it."""

    code = "SELF_VERIFICATION"

    def __init__(self) -> None:
        super().__init__("You entered this name or email yourself. Ask a colleague to verify it.")


class NeedsCompliance(DomainError):
    """A patient's full name or email is in an office's strings."""

    status = 403
    code = "NEEDS_COMPLIANCE"

    def __init__(self) -> None:
        super().__init__(
            "This holds a patient's full name or email. Somebody of compliance has to verify it."
        )


def verify(office: Office, *, version: int, now: datetime, findings: Collection[Finding] = ()) -> None:
    """Let the office's name and billing email leave, exactly as they are now.

    Whoever acts must be a person with the permission, and not the one who entered them. `findings` are the
    detectors', as they were shown: a patient's full name or email needs compliance.

    Raises:
        StaleVersion: they changed since version `version` was shown.
        SelfVerification, NeedsCompliance, AccessDenied: it takes somebody else.
        Invalid: there is no billing email yet.
    """
    if office.version != version:
        raise StaleVersion("office")
    if not office.billing_email:
        raise Invalid("billing_email", "Enter a billing email first.")
    _check_person(office, findings)
    office.verified_name, office.verified_email = office.name, office.billing_email
    office.verified_by, office.verified_at = actor.current().user_id, now
    audit.record(Action.OFFICE_VERIFIED, office)
    customers.ask_to_make(office)


def _check_person(office: Office, findings: Collection[Finding]) -> None:
    who = actor.current()
    if who.user_id is None or who.role is None:
        raise AccessDenied(Permission.VERIFY_OFFICES)
    if OF_PATIENTS & set(findings):
        if who.role not in MAY_LET_PATIENTS_PASS:
            raise NeedsCompliance
    elif not may(Role(who.role), Permission.VERIFY_OFFICES):
        raise AccessDenied(Permission.VERIFY_OFFICES)
    if office.was_entered_by(who.user_id):
        raise SelfVerification
