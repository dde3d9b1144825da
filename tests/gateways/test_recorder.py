"""The recorder plays the payment provider: each letter is kept as canonical JSON."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask

from dashboard.gateways import joined
from dashboard.gateways.recorder import Recorder
from dashboard.models import SentLetter
from dashboard.outbound import (
    NotAReference,
    OutboundCredit,
    OutboundCustomer,
    OutboundInvoice,
    OutboundLine,
    OutboundRefund,
    Reference,
    Verified,
    Wording,
)
from tests.support.outbox import every

ONE, TWO, THREE = (Reference(digit * 32) for digit in "abc")
LINE = OutboundLine(Wording.PATIENT_ACTIVATIONS, 3, 200, date(2026, 3, 1), THREE)
INVOICE = OutboundInvoice(ONE, TWO, (LINE,), 600, date(2026, 3, 1), 30)

Kept = list[tuple[str, str, str]]


def recorder() -> tuple[Recorder, Kept]:
    kept: Kept = []
    return Recorder(lambda *letter: kept.append(letter)), kept


def test_an_invoice_is_kept_as_canonical_json() -> None:
    payments, kept = recorder()
    sent = payments.send_invoice(INVOICE)
    assert (sent.invoice_id, sent.hosted_url) == (f"in_{ONE.value}", None)
    assert kept == [
        (
            "invoice",
            ONE.value,
            f'{{"customer":"{TWO.value}","due_days":30,"lines":[{{"month":"2026-03-01","quantity":3,'
            f'"reference":"{THREE.value}","unit_cents":200,"wording":"Patient Activations"}}],'
            f'"month":"2026-03-01","reference":"{ONE.value}","total_cents":600}}',
        )
    ]


def test_the_same_letter_has_the_same_answer() -> None:
    payments, kept = recorder()
    assert payments.send_invoice(INVOICE) == payments.send_invoice(INVOICE)
    assert kept[0] == kept[1]


def test_every_act_is_kept_under_its_purpose() -> None:
    payments, kept = recorder()
    payments.make_customer(OutboundCustomer(ONE, Verified("Demo Practice"), Verified("a@example.test")))
    payments.void_invoice(ONE)
    payments.mark_paid_out_of_band(ONE)
    payments.refund(OutboundRefund(TWO, ONE, 200))
    payments.credit(OutboundCredit(THREE, ONE, 100))
    told = [(purpose, json.loads(body)) for purpose, _, body in kept]
    assert told == [
        ("customer", {"reference": ONE.value, "name": "Demo Practice", "email": "a@example.test"}),
        ("void", {"reference": ONE.value}),
        ("paid_out_of_band", {"reference": ONE.value}),
        ("refund", {"reference": TWO.value, "invoice": ONE.value, "cents": 200}),
        ("credit", {"reference": THREE.value, "invoice": ONE.value, "cents": 100}),
    ]


def test_what_is_no_reference_cannot_be_told() -> None:
    with pytest.raises(NotAReference):
        Reference("Demo Patient")


@pytest.mark.both
def test_the_app_keeps_each_letter_once_and_a_changed_one_beside_it(app: Flask) -> None:
    payments = joined().payments
    for cents in (200, 200, 300):
        payments.refund(OutboundRefund(TWO, ONE, cents))
    assert [json.loads(each.body)["cents"] for each in every(SentLetter)] == [200, 300]
