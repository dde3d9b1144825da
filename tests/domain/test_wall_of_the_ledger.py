"""The wall: activated and not charged, charged and not invoiced; its mending mends (FUL-13)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from dashboard import reconcile
from dashboard.billing import activations, months
from dashboard.models import BillingCycle, Charge, Invoice, Office, OfficeStatus, Patient
from dashboard.unit import reading, writing
from tests.conftest import NOW
from tests.support import practice, trail

pytestmark = pytest.mark.both
MARCH, SOON = date(2026, 3, 1), NOW + timedelta(minutes=2)
UNCHARGED, UNINVOICED = "activation-without-charge", "charge-without-invoice"


def count(key: str, now: datetime = SOON) -> int:
    with reading() as session:
        return next(each.count for each in reconcile.shown(session, now) if each.list.key == key)


def mend(key: str, now: datetime = SOON) -> None:
    with writing() as session:
        wall = reconcile.named(key)
        [row] = next(each.rows for each in reconcile.shown(session, now) if each.list.key == key)
        reconcile.mend(session, wall, row.id, now)


def active(office: Office) -> Patient:
    patient = practice.patient(office)
    activations.activate(patient, at=NOW, now=NOW)
    return patient


def lost(app: Flask, table: type[Charge] | type[Invoice]) -> None:
    with trail.as_owner(app) as connection:
        connection.execute(delete(table))


def test_what_was_charged_and_invoiced_is_not_on_the_wall(app: Flask) -> None:
    with writing():
        active(practice.office(MARCH))
    assert (count(UNCHARGED), count(UNINVOICED)) == (0, 0)


def test_an_activation_without_a_charge_counts_after_a_minute_and_telling_it_again_charges(
    app: Flask,
) -> None:
    with writing():
        office = practice.office(MARCH)
        active(office)
    lost(app, Charge)
    assert count(UNCHARGED, NOW + timedelta(minutes=1)) == 0
    assert count(UNCHARGED) == 1
    mend(UNCHARGED)
    assert count(UNCHARGED) == 0
    with writing():
        assert practice.charged(office) == 1


@pytest.mark.parametrize("status", [OfficeStatus.INACTIVE, OfficeStatus.CANCELED])
def test_an_office_that_is_not_charged_is_not_missed(app: Flask, status: OfficeStatus) -> None:
    with writing():
        active(practice.office(MARCH, status=status))
    assert count(UNCHARGED) == 0


def test_a_charge_without_an_invoice_gets_its_draft(app: Flask) -> None:
    with writing():
        active(practice.office(MARCH))
    lost(app, Invoice)
    assert count(UNINVOICED) == 1
    mend(UNINVOICED)
    assert count(UNINVOICED) == 0


def test_a_cycle_that_is_over_gets_its_invoice_with_its_lines(app: Flask) -> None:
    with writing():
        active(practice.office(MARCH))
    lost(app, Invoice)
    april = datetime.fromisoformat("2026-04-02T00:00:00+00:00")
    with writing() as session:
        session.execute(update(BillingCycle).values(closed_at=april))
    mend(UNINVOICED)
    with reading() as session:
        assert session.scalars(select(Invoice.total_cents)).all() == [2_00]


def test_a_month_that_cost_nothing_needs_no_invoice(app: Flask) -> None:
    with writing():
        office = practice.office(MARCH, status=OfficeStatus.TRIALING)
        active(office)
        months.up_to_date(office.id, SOON)
    assert (count(UNCHARGED), count(UNINVOICED)) == (0, 0)
