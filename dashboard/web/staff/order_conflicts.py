"""What somebody sees who saved an order second: what they typed beside what is saved now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from dashboard.models import Order
from dashboard.orders import lists
from dashboard.unit import reading
from dashboard.web.pages import page
from dashboard.web.staff.conflicts import CONFLICT, Field
from dashboard.web.staff.shapes import order_href, zone

CHANGED = "Somebody else changed it while you had it open. Look at it, then try again."
UNSEEN = ("VersionField", "HiddenField", "CSRFTokenField", "FileField", "SubmitField")


Saved = Mapping[str, str]


def stale(number: str, form: FlaskForm | None, theirs: Saved | None = None) -> ResponseReturnValue:
    """409 with each field twice; without a form, with one sentence."""
    with reading():
        order = lists.by_number(number)
    fields = [] if form is None else compared(form, theirs or of_payment(order))
    told = page(
        "staff/conflict.html",
        fragment="conflict",
        what="This order",
        object_href=order_href(number),
        changed_by=None,
        changed_at=order.updated_at,
        fields=fields,
        action=request.path,
        version=order.version,
        reason=None if fields else CHANGED,
        next=None,
        announce=None,
    )
    return told, CONFLICT


def of_payment(order: Order) -> dict[str, str]:
    """What is saved where the payment form asks."""
    paid_on = order.paid_at.astimezone(zone()).date().isoformat() if order.paid_at else ""
    return {"method": order.method or "", "paid_on": paid_on, "payment_note": order.payment_note or ""}


def compared(form: FlaskForm, theirs: Saved) -> list[Field]:
    return [one(field, theirs.get(field.name, "")) for field in form if field.type not in UNSEEN]


def one(field: Any, saved: str) -> Field:
    typed = str(field.raw_data[0]) if field.raw_data else ""
    words = {str(choice[0]): str(choice[1]) for choice in choices(field)}
    return Field(
        name=field.name,
        label=field.label.text,
        value=typed,
        mine=words.get(typed, typed),
        theirs=words.get(saved, saved),
        choices=list(words.items()) or None,
        long=field.type == "TextAreaField",
    )


def choices(field: Any) -> list[tuple[Any, ...]]:
    return list(field.iter_choices()) if hasattr(field, "iter_choices") else []
