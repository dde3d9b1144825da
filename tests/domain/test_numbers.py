"""Invoice numbers: a series an office, gapless under parallel issues (INV-03)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from dashboard.billing import numbers, one_offs, review
from dashboard.models import Invoice, InvoiceType, Office
from dashboard.outbound import Wording
from dashboard.rows import locked
from dashboard.unit import writing
from tests.support import invoicing
from tests.support.invoicing import APRIL_3

pytestmark = pytest.mark.both
CROWD = 8


def test_a_series_begins_at_one_behind_the_offices_code(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        assert [numbers.next_number(office) for _ in range(2)] == [
            f"{office.code}-0001",
            f"{office.code}-0002",
        ]


def test_each_office_counts_for_itself(app: Flask) -> None:
    with writing():
        first, second = invoicing.office(), invoicing.office()
        assert numbers.next_number(first).endswith("-0001")
        assert numbers.next_number(second).endswith("-0001")


def test_a_unit_that_fails_gives_its_number_back(app: Flask) -> None:
    with writing():
        office = invoicing.office()
    with pytest.raises(RuntimeError), writing():
        numbers.next_number(office)
        raise RuntimeError
    with writing():
        assert numbers.next_number(office).endswith("-0001")


def test_many_who_issue_at_once_take_consecutive_numbers(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        drafts = [a_charge(office, number).id for number in range(CROWD)]

    def approve(invoice_id: int) -> str:
        with app.app_context(), writing():
            invoice = locked(Invoice, invoice_id)
            review.approve(invoice, APRIL_3)
            return str(invoice.number)

    with ThreadPoolExecutor(CROWD) as pool:
        taken = sorted(pool.map(approve, drafts))
    assert taken == [f"{office.code}-{number:04d}" for number in range(1, CROWD + 1)]


def a_charge(office: Office, number: int) -> Invoice:
    kind = InvoiceType.ONE_OFF
    return one_offs.charge(office, Wording.TRAINING, 50_00, key=str(number), now=APRIL_3, kind=kind)
