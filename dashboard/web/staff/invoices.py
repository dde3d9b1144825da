"""The invoices: tabs by how far they are, ages by how late, a list that is what its URL says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from dashboard import clock
from dashboard.billing import invoice_exports, invoice_lists
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import me, require, stepped_up
from dashboard.web.pages import page
from dashboard.web.staff.invoice_rows import rows_of
from dashboard.web.staff.lists import around, href, streamed
from dashboard.web.staff.shapes import Tab, zone
from forms.billing import AGES, TABS, InvoiceFilterForm

INVOICES = "/staff/invoices"
FIRST = "review"
bp = Blueprint("invoices", __name__, url_prefix=INVOICES)


def today() -> date:
    """The firm's day."""
    return clock.now().astimezone(zone()).date()


def asked() -> tuple[InvoiceFilterForm, dict[str, str]]:
    """The list's form, and its parameters; without a tab it is the first."""
    form = InvoiceFilterForm(request.args)
    params = form.chosen()
    form.tab.data = params.setdefault("tab", FIRST)
    return form, params


@bp.get("")
@require(Permission.SEE_INVOICES)
def index() -> ResponseReturnValue:
    """Newest first."""
    form, params = asked()
    day = today()
    meets = invoice_lists.conditions(params, day)
    with reading():
        found = invoice_lists.page(meets, after=request.args.get("after"), before=request.args.get("before"))
        totals = invoice_lists.totals([one.Invoice for one in found.rows])
        *counted, total = invoice_lists.counts([*[invoice_lists.tab(name, day) for name in TABS], meets])
        ages = invoice_lists.ages(day)
    rows = rows_of([(one.Invoice, one) for one in found.rows], totals)
    context = around(INVOICES, params, form, found, total) | {"rows": rows}
    context["chosen"] = [chip for chip in context["chosen"] if not chip.label.startswith("Tab:")]
    context["clear_href"] = href(INVOICES, {"tab": params["tab"]})
    return page(
        "staff/invoices.html",
        fragment="results",
        views=list(tabs(params, counted)),
        tab=params["tab"],
        ages=[(AGES[age.key], age, href(INVOICES, {"tab": "all", "age": age.key})) for age in ages],
        export_href=href(f"{INVOICES}/export.csv", params),
        may_approve=me().may(Permission.CHANGE_INVOICES) and params["tab"] == "review",
        **context,
    )


@bp.get("/export.csv")
@require(Permission.SEE_INVOICES)
@stepped_up
def export() -> ResponseReturnValue:
    """The whole list as a table. What leaves the house is written down first."""
    meets = invoice_lists.conditions(asked()[1], today())
    with writing():
        invoice_exports.begin(meets)
    headers = {"Content-Disposition": 'attachment; filename="invoices.csv"'}
    return Response(streamed(invoice_exports.lines(meets)), mimetype="text/csv", headers=headers)


def tabs(params: Mapping[str, str], counts: list[int]) -> list[Tab]:
    """The tabs, each with how many invoices it holds; a change of tab drops the filters."""
    return [
        Tab(
            name,
            words,
            href(INVOICES, {"tab": name}),
            count if name != "all" else None,
            params["tab"] == name,
        )
        for (name, words), count in zip(TABS.items(), counts, strict=True)
    ]
