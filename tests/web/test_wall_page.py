"""The wall's page."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select, update

from dashboard import clock
from dashboard.models import AuditEvent, Job, Message
from dashboard.reconcile import wall
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast
from tests.support.desk import post
from tests.support.sales import sell
from tests.support.signed_in import signed_in


def test_an_empty_wall_says_so(app: Flask) -> None:
    client, _ = signed_in(app)
    assert "Nothing is stuck" in client.get("/staff/wall").text


def test_a_row_is_mended_by_its_button(app: Flask) -> None:
    client, _ = signed_in(app)
    with writing():
        order = cast.paid_order(paid_at=clock.now() - timedelta(minutes=10))
    page = client.get("/staff/wall").text
    action = f"/staff/wall/paid-without-todo/{order.id}/mending"
    assert order.order_number in page
    assert action in page
    assert post(client, action).status_code == 303
    with reading() as session:
        assert [job.kind for job in session.query(Job)] == ["orders.dispatch"]


def test_who_may_only_look_sees_no_button_and_is_refused(app: Flask) -> None:
    client, _ = signed_in(app, Role.READ_ONLY)
    with writing():
        order = cast.paid_order(paid_at=clock.now() - timedelta(minutes=10))
    assert "/mending" not in client.get("/staff/wall").text
    assert post(client, f"/staff/wall/paid-without-todo/{order.id}/mending").status_code == 403
    with reading() as session:
        denied = session.query(AuditEvent).where(AuditEvent.action == "access denied").one()
    assert "change orders" in (denied.changes or "")


def test_every_row_of_every_list_leads_to_a_page(app: Flask) -> None:
    doors = app.url_map.bind("localhost")
    for each in wall.LISTS:
        assert doors.match(urlsplit(each.href.format(id=1, name="1")).path, method="GET")


def test_mail_that_did_not_go_is_shown_at_its_line(app: Flask) -> None:
    with writing():
        sell()
    with writing() as session:
        session.execute(update(Message).values(created_at=clock.now() - timedelta(hours=1)))
        message = session.scalars(select(Message)).one()
    client, _ = signed_in(app)
    place = f"/staff/outbox?state={message.state.value}#m{message.id}"
    assert f'href="{place}">{message.kind.replace("_", " ")} (' in client.get("/staff/wall").text
    assert f'id="m{message.id}"' in client.get(place).text
