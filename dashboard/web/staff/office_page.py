"""What the page of one office is made of."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from sqlalchemy import func, select

from dashboard import zones
from dashboard.billing import invoice_lists, prices, subscriptions
from dashboard.billing.prices import NoPrice
from dashboard.extensions import db
from dashboard.models import (
    ApiKey,
    BillingCycle,
    Invoice,
    Office,
    Order,
    Patient,
    Payment,
    Plan,
    StatusChange,
    User,
)
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.todos.hands import Hands, hands
from dashboard.unit import reading
from dashboard.web.access import me
from dashboard.web.staff.invoice_rows import InvoiceRow, rows_of
from dashboard.web.staff.orders import OrderRow
from dashboard.web.staff.orders import row_of as order_row
from forms.billing import OneOffForm
from forms.offices import (
    AnchorForm,
    CancelSubscriptionForm,
    OfficeChangeForm,
    PlanForm,
    ProviderIdForm,
    StartForm,
    VerificationForm,
    ZoneForm,
)

MOST = 8
YOU_ENTERED = "You entered it, so somebody else verifies it."
BILLING_VERIFIES = "Somebody in billing verifies it before an invoice can be sent."


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of the page: blank, but for the one that came back with something to mend."""

    details: OfficeChangeForm
    verify: VerificationForm
    start: StartForm
    plan: PlanForm
    anchor: AnchorForm
    zone: ZoneForm
    cancel: CancelSubscriptionForm
    charge: OneOffForm
    provider: ProviderIdForm

    @classmethod
    def blank(cls) -> Forms:
        kinds = (
            OfficeChangeForm,
            VerificationForm,
            StartForm,
            PlanForm,
            AnchorForm,
            ZoneForm,
            CancelSubscriptionForm,
            OneOffForm,
            ProviderIdForm,
        )
        return cls(*(kind(formdata=None) for kind in kinds))

    def named(self) -> Iterator[tuple[str, FlaskForm]]:
        """Each form with the name that keeps its fields' ids apart."""
        return ((name, getattr(self, name)) for name in self.__slots__)

    def with_one(self, sent: FlaskForm) -> Forms:
        """This form in the place of its blank."""
        mine = [name for name in self.__slots__ if type(getattr(self, name)) is type(sent)]
        return replace(self, **dict.fromkeys(mine, sent))


@dataclass(frozen=True, slots=True)
class Rows:
    """What hangs on an office, as the database has it. `next_days` are the next three first days."""

    office: Office
    plans: dict[int, str]
    price_cents: int | None
    cycle: BillingCycle | None
    next_days: list[date]
    ends_at: datetime | None
    patients: int
    active: int
    invoices: list[InvoiceRow]
    payments: list[Any]
    orders: list[OrderRow]
    people: Sequence[User]
    keys: int
    statuses: Sequence[StatusChange]
    names: Hands


@dataclass(frozen=True, slots=True)
class May:
    """What the person signed in may do to this office now."""

    change: bool
    verify: bool
    subscribe: bool
    see_patients: bool
    see_invoices: bool
    run: bool
    charge: bool
    why_not_verify: str


def office_href(office_id: int) -> str:
    return f"/staff/offices/{office_id}"


def local_day(at: datetime | None, zone: str) -> date | None:
    """The office's day of an instant."""
    return at.astimezone(ZoneInfo(zone)).date() if at else None


def plan_choices() -> dict[int, str]:
    """Every plan, for choosing one. Needs an open unit."""
    plans = select(Plan.id, Plan.name).order_by(Plan.name)
    return {row.id: row.name for row in db.session.execute(plans)}


def gathered(office_id: int) -> Rows:
    """Everything the page shows, read in one unit."""
    with reading() as session:
        office = found(Office, office_id, "office")
        invoices = _newest(Invoice, Invoice.office_id == office_id)
        return Rows(
            office=office,
            plans=plan_choices(),
            price_cents=_price(office),
            cycle=_newest_one(BillingCycle, BillingCycle.office_id == office_id),
            next_days=subscriptions.next_cycle_dates(office),
            ends_at=subscriptions.ends_at(office),
            patients=_count(Patient, Patient.office_id == office_id),
            active=_count(Patient, Patient.office_id == office_id, Patient.is_active_for_billing.is_(True)),
            invoices=rows_of([(each, office) for each in invoices], invoice_lists.totals(invoices)),
            payments=_payments(office_id),
            orders=[order_row(order) for order in _newest(Order, Order.office_id == office_id)],
            people=session.scalars(select(User).where(User.office_id == office_id).order_by(User.id)).all(),
            keys=_count(ApiKey, ApiKey.office_id == office_id, ApiKey.revoked_at.is_(None)),
            statuses=_newest(StatusChange, StatusChange.office_id == office_id),
            names=hands(),
        )


def _newest(table: Any, which: Any) -> list[Any]:
    return list(db.session.scalars(select(table).where(which).order_by(table.id.desc()).limit(MOST)))


def _newest_one(table: Any, which: Any) -> Any:
    return db.session.scalar(select(table).where(which).order_by(table.id.desc()).limit(1))


def _count(table: Any, *which: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*which)) or 0


def _payments(office_id: int) -> list[Any]:
    """The newest payments of its invoices, each with the invoice's number and id."""
    query = select(Payment, Invoice.number, Invoice.id.label("invoice_id"))
    query = query.join(Invoice, Invoice.id == Payment.invoice_id).where(Invoice.office_id == office_id)
    return list(db.session.execute(query.order_by(Payment.id.desc()).limit(MOST)))


def _price(office: Office) -> int | None:
    """What an active patient costs in the month that begins next."""
    day, plan = local_day(office.next_boundary, office.time_zone), office.next_plan_id or office.plan_id
    if day is None or plan is None:
        return None
    try:
        return prices.in_force(prices.of_plans([plan]), plan, day)
    except NoPrice:
        return None


def context(office_id: int, forms: Forms) -> dict[str, Any]:
    """All that staff/office.html is given."""
    rows = gathered(office_id)
    _prepare(forms, rows)
    return {
        "office": rows.office,
        "href": office_href(office_id),
        "plan_names": rows.plans,
        "is_running": rows.office.subscription_status in subscriptions.RUNNING,
        "rows": rows,
        "forms": forms,
        "may": _may(rows.office),
        "entered_by": _entered_by(rows.office, rows.names.names),
        "zones": zones.US,
    }


def _entered_by(office: Office, names: Mapping[int, str]) -> str:
    """Whose strings wait or were verified: one person's, or each one's with what they entered."""
    name, email = (names.get(each or 0) for each in (office.name_entered_by, office.email_entered_by))
    if name == email:
        return name or "unknown"
    return ", ".join(f"{who} ({what})" for who, what in ((name, "name"), (email, "email")) if who)


def _prepare(forms: Forms, rows: Rows) -> None:
    office = rows.office
    for form in (forms.start, forms.plan):
        form.plan.choices = rows.plans
    for _, form in forms.named():
        if "version" in form:
            form["version"].data = form["version"].data or office.version
    forms.charge.key.data = forms.charge.key.data or secrets.token_hex(16)
    if not forms.details.errors and not forms.details.is_submitted():
        forms.details.name.data = office.name
        forms.details.billing_email.data = office.billing_email
        forms.details.billing_address.data = office.billing_address


def _may(office: Office) -> May:
    """Whoever entered a name may not verify it (OFF-03)."""
    may_verify = me().may(Permission.VERIFY_OFFICES)
    is_second = not office.was_entered_by(me().user_id)
    return May(
        change=me().may(Permission.CHANGE_OFFICES),
        verify=may_verify and is_second and not office.is_verified,
        subscribe=me().may(Permission.CHANGE_SUBSCRIPTIONS),
        see_patients=me().may(Permission.SEE_PATIENTS),
        see_invoices=me().may(Permission.SEE_INVOICES),
        run=me().may(Permission.RUN_BILLING),
        charge=me().may(Permission.CHARGE_ONE_OFFS),
        why_not_verify=YOU_ENTERED if may_verify else BILLING_VERIFIES,
    )
