"""Editing an order's answers. The page shows all of them in clear, so that it was opened is on the trail."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import Any

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from dashboard import audit, catalog, clock, orders
from dashboard import intake as intakes
from dashboard.audit import Action
from dashboard.errors import StaleVersion
from dashboard.intake import Intake, RosterMember
from dashboard.models import Order
from dashboard.orders import lists
from dashboard.rights import Permission
from dashboard.unit import reading, writing
from dashboard.web.access import require
from dashboard.web.pages import page
from dashboard.web.staff import order_conflicts
from dashboard.web.staff.order_acts import at_version
from dashboard.web.staff.order_answers import has_sensitive
from dashboard.web.staff.orders import bp
from dashboard.web.staff.shapes import order_href
from forms.orders import CompletionForm


@bp.get("/<string:number>/intake")
@require(Permission.CHANGE_ORDERS)
def edit(number: str) -> ResponseReturnValue:
    order = in_clear(number)
    form = CompletionForm(formdata=None, version=order.version, **as_typed(orders.intake_of(order)))
    return drawn(order, form)


def in_clear(number: str) -> Order:
    """The order, whose answers are about to be shown; if some are masked elsewhere, that is on the trail."""
    with reading():
        order = lists.by_number(number)
    if has_sensitive(orders.intake_of(order)):
        with writing():
            audit.record(Action.SENSITIVE_SHOWN, order, changes={"fields": ["intake"]})
    return order


@bp.post("/<string:number>/intake")
@require(Permission.CHANGE_ORDERS)
def save(number: str) -> ResponseReturnValue:
    form = CompletionForm()
    with reading():
        order = lists.by_number(number)
    form.ask(catalog.service(order.service_slug))
    if not form.validate_on_submit():
        return drawn(order, form), 422
    try:
        with writing():
            order = at_version(number, form)
            changed = orders.change_intake(order, edited(orders.intake_of(order), form), now=clock.now())
    except StaleVersion:
        return order_conflicts.stale(number, form, theirs(number))
    flash("Answers saved." if changed else "Nothing was changed.")
    return redirect(order_href(number), 303)


def drawn(order: Order, form: CompletionForm) -> str:
    form.ask(catalog.service(order.service_slug))
    return page("staff/order_intake.html", order=order, href=order_href(order.order_number), form=form)


def edited(before: Intake, form: CompletionForm) -> Intake:
    """The answers with the form's over them, also where it was emptied; what it did not ask stays."""
    given = intakes.checked(form.given())
    return replace(before, **{name: getattr(given, name) for name in intakes.LABELS if name in form})


def theirs(number: str) -> dict[str, str]:
    """The answers as they are saved now, as texts."""
    intake = orders.intake_of(in_clear(number))
    return {name: "" if value is None else str(value) for name, value in as_typed(intake).items()}


def as_typed(intake: Intake) -> dict[str, Any]:
    """Each answer as its field holds it."""
    answers = {name: getattr(intake, name) for name in intakes.LABELS}
    return answers | {"roster": roster_text(intake.roster)}


def roster_text(roster: tuple[RosterMember, ...]) -> str:
    """One person a line, as the form reads it."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    for member in roster:
        born = member.date_of_birth.isoformat() if member.date_of_birth else ""
        writer.writerow([member.name, ";".join(member.other_names), member.npi or "", born])
    return lines.getvalue()
