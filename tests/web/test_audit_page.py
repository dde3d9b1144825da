"""The audit log's page: search, verification, export (AUD-02)."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from dashboard import audit, clock
from dashboard.actor import Actor, acting
from dashboard.audit import Action, exports
from dashboard.models import Job
from dashboard.rights import Role
from dashboard.unit import reading, writing
from tests.support import cast, trail
from tests.support.desk import post
from tests.support.signed_in import signed_in


def test_events_are_found_by_what_was_done_and_about_what(app: Flask) -> None:
    client, _ = signed_in(app, Role.COMPLIANCE)
    with writing():
        first, second = cast.paid_order(), cast.paid_order()
        audit.record(Action.ORDER_CREATED, first)
        audit.record(Action.ORDER_CREATED, second)
        audit.record(Action.ORDER_CHANGED, first, changes={"cause": "moved"})
    page = client.get(f"/staff/audit?object={first.order_number}").text
    assert second.order_number not in page
    assert "cause: moved" in page
    assert "cause: moved" not in client.get("/staff/audit?action=order+created").text


def test_an_actor_is_found_by_name_and_shown_by_name(app: Flask) -> None:
    client, _ = signed_in(app, Role.COMPLIANCE)
    with writing():
        someone = cast.person("Demo Reviewer", Role.REVIEWER)
    with acting(Actor(someone.ref)), writing():
        audit.record(Action.EXPORTED, changes={"what": "here"})
    with writing():
        audit.record(Action.EXPORTED, changes={"what": "elsewhere"})
    page = client.get("/staff/audit?actor=demo+rev").text
    assert "Demo Reviewer" in page
    assert someone.ref not in page
    assert "what: elsewhere" not in page


def test_days_are_the_firms_and_both_included(app: Flask) -> None:
    client, _ = signed_in(app, Role.COMPLIANCE)
    zone = app.extensions["settings"].firm_time_zone
    today = clock.now().astimezone(zone).date().isoformat()
    trail.write_events(1)
    assert "fulfil:0" in client.get(f"/staff/audit?from={today}&to={today}").text
    assert "fulfil:0" not in client.get("/staff/audit?to=2001-01-01").text
    assert client.get("/staff/audit?from=yesterday").status_code == 200


def test_older_pages_go_on_where_the_newer_ended(app: Flask) -> None:
    client, _ = signed_in(app, Role.COMPLIANCE)
    trail.write_events(60)
    page = client.get("/staff/audit").text
    assert "fulfil:59" in page
    assert "fulfil:10<" in page
    assert "fulfil:9<" not in page
    older = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert "fulfil:9<" in client.get(older).text


def test_verification_is_a_job_and_its_result_is_shown(app: Flask, now: datetime) -> None:
    from jobs import audit as audit_jobs

    client, _ = signed_in(app, Role.COMPLIANCE)
    trail.sealed_trail(app, 3, now)
    post(client, "/staff/audit/verification")
    post(client, "/staff/audit/verification")
    with reading() as session:
        assert [job.kind for job in session.query(Job)] == ["audit.verify"]
    assert "Verifying the whole chain" in client.get("/staff/audit").text
    with writing() as session:
        session.query(Job).delete()
    audit_jobs.verify_trail()
    assert "Sound" in client.get("/staff/audit").text


def test_faults_are_shown_with_their_places(app: Flask, now: datetime) -> None:
    from sqlalchemy import text

    from jobs import audit as audit_jobs

    client, _ = signed_in(app, Role.COMPLIANCE)
    trail.sealed_trail(app, 3, now)
    edit = "UPDATE audit_events SET reason = 'x' WHERE id = (SELECT min(id) FROM audit_events)"
    with trail.as_owner(app) as owner:
        owner.execute(text(edit))
    audit_jobs.verify_trail()
    page = client.get("/staff/audit").text
    assert "1 faults" in page
    assert "the event was edited" in page


def test_an_export_verifies_offline_and_leaves_an_event(app: Flask, now: datetime) -> None:
    client, _ = signed_in(app, Role.COMPLIANCE)
    trail.sealed_trail(app, 5, now)
    answer = post(client, "/staff/audit/exports")
    assert answer.status_code == 200
    walk = exports.verify_export(answer.text.splitlines(), trail.keys(app))
    assert (walk.links, walk.total) == (5, 0)
    assert "what: audit" in client.get("/staff/audit?action=export").text


@pytest.mark.parametrize("wrong", ["edited", "cut", "unsealed"])
def test_an_export_that_was_changed_does_not_verify(app: Flask, now: datetime, wrong: str) -> None:
    trail.sealed_trail(app, 5, now)
    with reading() as session:
        part = exports.stretch(session)
    lines = list(exports.lines(part, trail.keys(app)))
    changed = {
        "edited": [line.replace("fulfil:2", "fulfil:9") for line in lines],
        "cut": lines[:-2],
        "unsealed": [line for line in lines if '"seal"' not in line],
    }
    assert exports.verify_export(lines, trail.keys(app)).total == 0
    assert exports.verify_export(changed[wrong], trail.keys(app)).total > 0


def test_who_may_not_see_the_log_does_not(app: Flask) -> None:
    client, _ = signed_in(app, Role.FULFILLMENT)
    assert client.get("/staff/audit").status_code == 403
    assert post(client, "/staff/audit/exports").status_code == 403
