"""Invoices in the background: what the payment provider is told, what the clock approves, what is drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select

from dashboard import clock, documents
from dashboard.billing import credits, customers, payments, refunds
from dashboard.extensions import db
from dashboard.gateways import joined
from dashboard.gateways.recorder import Recorder
from dashboard.models import (
    Document,
    Invoice,
    MoneySource,
    MoneyState,
    NumberSeries,
    Office,
    Patient,
    Refund,
    RefundReason,
    SentLetter,
    VoidReason,
)
from dashboard.rows import locked
from dashboard.unit import reading, writing
from jobs import billing as _billing
from jobs import invoice_papers
from tests.support import invoicing
from tests.support.invoicing import APRIL_3
from tests.support.mail_server import Inbox
from tests.support.outbox import every, message, text_of
from tests.support.sales import work

pytestmark = pytest.mark.both


@pytest.fixture
def invoice(app: Flask) -> Invoice:
    with writing():
        return invoicing.issued(invoicing.office())


def letters() -> list[tuple[str, dict[str, object]]]:
    return [(each.purpose, json.loads(each.body)) for each in every(SentLetter)]


def now_is(invoice: Invoice) -> Invoice:
    with reading():
        return db.session.get_one(Invoice, invoice.id)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Every statement that the app's database gets meanwhile."""
    heard: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        heard.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def test_an_issued_invoice_is_sent_once_and_the_office_told(invoice: Invoice) -> None:
    work("billing.send_invoice")
    sent = now_is(invoice)
    assert [purpose for purpose, _ in letters()] == ["invoice"]
    assert sent.stripe_invoice_id == f"in_{invoice.ref}"
    assert not sent.waits_to_be_sent
    assert message("invoice_sent").recipient == "front.desk@practice.example.test"
    _billing.send_invoice(invoice.id)
    assert len(letters()) == 1


def test_what_is_sent_names_no_patient_and_no_day(invoice: Invoice) -> None:
    work("billing.send_invoice")
    [(_, body)] = letters()
    assert set(body) == {"reference", "customer", "lines", "total_cents", "month", "due_days"}
    assert body["month"] == "2026-03-01"
    refs = [patient.ref for patient in every(Patient)]
    assert refs
    assert not [ref for ref in refs if ref in json.dumps(body)]
    assert "Sample Patient" not in json.dumps(body)


def test_sending_reads_neither_the_ledger_nor_patients(app: Flask, invoice: Invoice) -> None:
    with statements(app) as heard:
        work("billing.send_invoice")
    assert any("invoice_line_items" in each for each in heard)
    assert [each for each in heard if "charges" in each or "patient" in each] == []


def test_an_office_that_is_verified_later_gets_what_waited(app: Flask) -> None:
    with writing():
        office = invoicing.office(verified=False)
        invoicing.issued(office)
    work("billing.send_invoice")
    assert letters() == []
    with writing():
        known = locked(Office, office.id)
        known.verified_name, known.verified_email = known.name, known.billing_email
        customers.ask_to_make(known)
    work("billing.send_customer", "billing.send_invoice")
    assert [purpose for purpose, _ in letters()] == ["customer", "invoice"]


@pytest.mark.usefixtures("gateways")
def test_what_is_verified_anew_while_the_customer_is_made_is_told_after_it(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        customers.ask_to_make(office)
    told: list[str] = []

    def keep(_purpose: str, _reference: str, body: str) -> None:
        told.append(json.loads(body)["name"])
        with writing():
            known = locked(Office, office.id)
            known.name = known.verified_name = "Demo Dental Practice"
            customers.ask_to_make(known)

    app.extensions["gateways"] = replace(joined(), payments=Recorder(keep))
    work("billing.send_customer")
    assert told[:2] == ["Demo Family Practice", "Demo Dental Practice"]


def test_what_was_sent_and_is_void_is_told(invoice: Invoice) -> None:
    work("billing.send_invoice")
    void(invoice)
    work("billing.void_invoice")
    assert [purpose for purpose, _ in letters()] == ["invoice", "void"]


def test_what_was_void_before_it_was_sent_never_leaves(invoice: Invoice) -> None:
    void(invoice)
    work("billing.send_invoice", "billing.void_invoice")
    assert letters() == []


def void(invoice: Invoice) -> None:
    with writing():
        known = locked(Invoice, invoice.id)
        credits.void(known, reason=VoidReason.DUPLICATE, reissue=False, now=APRIL_3)


def test_a_whole_payment_by_check_is_told_as_paid_out_of_band(invoice: Invoice) -> None:
    work("billing.send_invoice")
    pay(invoice, MoneySource.BY_HAND)
    work("billing.mark_paid")
    assert [purpose for purpose, _ in letters()] == ["invoice", "paid_out_of_band"]


def test_what_bounced_and_was_voided_before_it_was_told_as_paid_is_only_told_as_void(
    invoice: Invoice,
) -> None:
    work("billing.send_invoice")
    pay(invoice, MoneySource.BY_HAND)
    with writing():
        known = locked(Invoice, invoice.id)
        payments.returned(known, payments.of(known)[0], APRIL_3)
    void(invoice)
    work("billing.mark_paid", "billing.void_invoice")
    assert [purpose for purpose, _ in letters()] == ["invoice", "void"]


def test_what_the_provider_told_as_paid_is_not_told_back(invoice: Invoice) -> None:
    work("billing.send_invoice")
    pay(invoice, MoneySource.WEBHOOK)
    work("billing.mark_paid")
    assert [purpose for purpose, _ in letters()] == ["invoice"]


def test_a_refund_through_the_provider_is_done_once_it_was_told(invoice: Invoice) -> None:
    work("billing.send_invoice")
    pay(invoice, MoneySource.WEBHOOK)
    with writing():
        refunds.refund(locked(Invoice, invoice.id), 2_00, RefundReason.REQUESTED, "r", APRIL_3)
    work("billing.send_refund")
    [refund] = every(Refund)
    assert refund.state is MoneyState.SUCCEEDED
    assert letters()[-1] == ("refund", {"reference": refund.ref, "invoice": invoice.ref, "cents": 2_00})


def pay(invoice: Invoice, source: MoneySource) -> None:
    with writing():
        known = locked(Invoice, invoice.id)
        if source is MoneySource.BY_HAND:
            payments.record(known, 6_00, "check", APRIL_3.date(), "1001", "k", APRIL_3)
        else:
            payments.receive(known, 6_00, "card", source=source, key="k", now=APRIL_3)


def test_a_credit_note_reaches_the_provider_after_its_invoice(invoice: Invoice) -> None:
    with writing():
        credits.credit(locked(Invoice, invoice.id), 2_00, RefundReason.REQUESTED, "c", APRIL_3)
    work("billing.send_credit")
    assert letters() == []
    work("billing.send_invoice", "billing.send_credit")
    assert [purpose for purpose, _ in letters()] == ["invoice", "credit"]


def test_the_hourly_job_issues_what_is_due_by_the_real_clock(app: Flask) -> None:
    with writing():
        office = invoicing.office()
        due = invoicing.closed(office)
        waits = invoicing.closed(invoicing.office(verified=False))
    _billing.issue_due()
    assert clock.now() > APRIL_3 + timedelta(days=2), "this test runs after the spring of 2026"
    assert (now_is(due).number, now_is(waits).number) == (f"{office.code}-0001", None)


def test_the_paper_is_drawn_once_and_a_new_name_changes_no_old_one(invoice: Invoice) -> None:
    work("billing.draw_invoice")
    [document] = every(Document)
    assert document.name == f"invoices/{invoice.ref}.pdf"
    before = invoice_papers.drawn(invoice.id)
    with writing():
        locked(Office, invoice.office_id).name = "Another Demo Practice"
    assert invoice_papers.drawn(invoice.id) == before
    assert before.startswith(b"%PDF-")
    with reading() as session:
        assert len(session.scalars(select(Document.id)).all()) == 1


def test_four_clocks_at_once_issue_each_invoice_once_without_a_gap(app: Flask) -> None:
    with writing():
        offices = [invoicing.office() for _ in range(3)]
        drafts = [invoicing.closed(office).id for office in offices]

    def one_clock(_number: int) -> None:
        with app.app_context():
            _billing.issue_due()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one_clock, range(4)))
    with reading() as session:
        numbers = session.scalars(select(Invoice.number).where(Invoice.id.in_(drafts)).order_by(Invoice.id))
        assert list(numbers) == [f"{office.code}-0001" for office in offices]
        next_ones = session.scalars(select(NumberSeries.next_number)).all()
        assert list(next_ones) == [2, 2, 2]


def test_a_paper_that_is_kept_is_not_drawn_again(app: Flask, invoice: Invoice) -> None:
    work("billing.draw_invoice")
    folder = app.extensions["settings"].data_dir / "documents"
    before = set(folder.rglob("*"))
    _billing.draw_invoice(invoice.id)
    assert set(folder.rglob("*")) == before


def test_of_two_papers_drawn_at_once_the_first_stays(invoice: Invoice) -> None:
    stored = [documents.put(text, joined().store) for text in (b"first", b"second")]
    with writing():
        for each in stored:
            documents.keep_invoice(invoice, each, now=APRIL_3)
    assert invoice_papers.drawn(invoice.id) == b"first"


def test_the_mail_says_number_amount_and_day_and_carries_a_link(inbox: Inbox, invoice: Invoice) -> None:
    work("billing.send_invoice", "mail.send")
    assert inbox.letters[-1]["Subject"] == f"Invoice {invoice.number}: $6.00, due 3 May 2026"
    text = text_of(inbox)
    assert "http://localhost/link/" in text
    assert "Patient" not in text
