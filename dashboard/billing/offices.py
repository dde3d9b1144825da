"""Offices: what they are called, where their bills go, where their days begin (spec OFF-01, OFF-03)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

from dashboard import actor, audit, zones
from dashboard.audit import Action
from dashboard.errors import Invalid, StaleVersion
from dashboard.intake import values
from dashboard.models import Office
from dashboard.rows import added_once

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 5
LONGEST_NAME, LONGEST_ADDRESS = 200, 500
LEAVING = frozenset({"name", "billing_email"})
Details = dict[str, str | None]


class UnknownZone(Invalid):
    """There is no such place on the clock."""

    code = "UNKNOWN_ZONE"

    def __init__(self, name: str) -> None:
        super().__init__("time_zone", zones.refusal(name))


def create(
    *,
    name: str,
    time_zone: str,
    billing_email: str | None = None,
    billing_address: str | None = None,
    now: datetime,
) -> Office:
    """An office with a random code, without a subscription, its strings not verified.

    Raises:
        UnknownZone, Invalid: a value that cannot be; it names the field.
    """
    zone, told = checked_zone(time_zone), details(name, billing_email, billing_address)
    while True:
        draft = Office(code=new_code(), time_zone=zone, created_at=now)
        _give(draft, told)
        unverify(draft, LEAVING)
        office, is_new = added_once(draft, by="code")
        if is_new:
            audit.record(Action.OFFICE_CREATED, office)
            return office


def change(
    office: Office, *, version: int, name: str, billing_email: str | None, billing_address: str | None
) -> list[str]:
    """Give an office these details; gives the names of those that changed.

    A changed name or billing email is unverified until somebody else verifies it. The zone is changed by
    `subscriptions.change_zone`.

    Raises:
        StaleVersion: somebody changed the office since version `version` was shown.
        Invalid: a value that cannot be; it names the field.
    """
    if office.version != version:
        raise StaleVersion("office")
    told = details(name, billing_email, billing_address)
    changed = [field for field, value in told.items() if getattr(office, field) != value]
    if changed:
        _give(office, told)
        if leaving := LEAVING & set(changed):
            unverify(office, leaving)
        audit.record(Action.OFFICE_CHANGED, office, changes={"fields": changed})
    return changed


def unverify(office: Office, entered: Collection[str]) -> None:
    """Whoever acts entered these strings, and nobody has verified them.

    Who entered the other one stays known, until two people have stood behind it.
    """
    if office.verified_by is not None:
        office.name_entered_by = office.email_entered_by = None
    if "name" in entered:
        office.name_entered_by = actor.current().user_id
    if "billing_email" in entered:
        office.email_entered_by = actor.current().user_id
    office.verified_name = office.verified_email = None
    office.verified_by = office.verified_at = None


def details(name: str, billing_email: str | None, billing_address: str | None) -> Details:
    """The three as they are kept.

    Raises:
        Invalid: one cannot be; it names the field.
    """
    called, email = values.one_line(name), values.one_line(billing_email or "")
    address = values.clean(billing_address or "")
    if not 0 < len(called) <= LONGEST_NAME:
        raise Invalid("name", f"Name the office in 1 to {LONGEST_NAME} characters.")
    if email and not values.EMAIL.fullmatch(email):
        raise Invalid("billing_email", "Write one email address, like name@example.com.")
    if len(address) > LONGEST_ADDRESS:
        raise Invalid("billing_address", f"Write at most {LONGEST_ADDRESS} characters.")
    return {"name": called, "billing_email": email or None, "billing_address": address or None}


def _give(office: Office, told: Details) -> None:
    for field, value in told.items():
        setattr(office, field, value)


def checked_zone(name: str) -> str:
    """The zone's name, if there is such a zone.

    Raises:
        UnknownZone: there is none.
    """
    if name not in zones.known():
        raise UnknownZone(name)
    return name


def new_code() -> str:
    """What the office's invoice numbers begin with: 25 random bits in Crockford's base 32."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))
