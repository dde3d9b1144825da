"""What happens to an invoice's money later: it bounces, is disputed, activations are given back (INV-05).

Until the payment provider tells of disputes and returned debits itself, a person does.
"""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.billing import disputes, given_back, payments
from dashboard.billing.disputes import Dispute
from dashboard.errors import Invalid, NotFound
from dashboard.models import BillingCycle, Invoice, Payment
from dashboard.rights import Permission
from dashboard.rows import found
from dashboard.web.access import require
from dashboard.web.staff import acting
from dashboard.web.staff.invoice_acts import done, mended
from dashboard.web.staff.invoice_rows import invoice_href
from dashboard.web.staff.invoices import bp
from forms.invoice_money import ActivationsForm, BouncedForm, DisputeForm


@bp.post("/<int:invoice_id>/reversals")
@require(Permission.SETTLE_INVOICES)
def bounce(invoice_id: int) -> ResponseReturnValue:
    """A check that bounced, or a debit that came back."""
    form = BouncedForm()

    def take_back(invoice: Invoice) -> None:
        payments.returned(invoice, _payment(invoice, form.payment.data), clock.now())

    return done(invoice_id, form, take_back, "Taken back. What it paid is owed again.")


def _payment(invoice: Invoice, payment_id: int | None) -> Payment:
    """One of the invoice's own.

    Raises:
        Invalid: it is none of them.
    """
    for each in payments.of(invoice):
        if each.id == payment_id:
            return each
    raise Invalid("payment", "Choose a payment of this invoice.")


@bp.post("/<int:invoice_id>/disputes")
@require(Permission.SETTLE_INVOICES)
def dispute(invoice_id: int) -> ResponseReturnValue:
    """What the bank says of a dispute."""
    form = DisputeForm()
    return done(
        invoice_id,
        form,
        lambda it: disputes.tell(it, Dispute(form.what.data), clock.now()),
        "Recorded.",
    )


@bp.post("/<int:invoice_id>/activation-credits")
@require(Permission.CHANGE_INVOICES)
def give_back(invoice_id: int) -> ResponseReturnValue:
    """Credit some activations of the invoice's month on the draft of the running one; this one stays."""
    form = ActivationsForm()

    def credit() -> None:
        cycle = _cycle(found(Invoice, invoice_id, "invoice"))
        given_back.credit_activations(cycle, form.count.data, key=form.key.data, now=clock.now())

    return acting.done(
        form,
        credit,
        said="Credited on the draft of the running month.",
        to=invoice_href(invoice_id),
        mended=lambda sent: mended(invoice_id, sent),
    )


def _cycle(invoice: Invoice) -> BillingCycle:
    """The month that the invoice is for.

    Raises:
        NotFound: it is for none, as a one-off charge is.
    """
    if not invoice.cycle_id:
        raise NotFound("month of this invoice")
    return found(BillingCycle, invoice.cycle_id, "month")
