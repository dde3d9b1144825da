"""The jobs page: what waits, who works, what failed and why (OPS-01)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from dashboard import clock
from dashboard.models import AuditEvent, Heartbeat, Job, JobState
from dashboard.rights import Role
from dashboard.unit import reading, writing
from jobs import beats, failures
from tests.support.desk import post
from tests.support.signed_in import signed_in

TIMES = ("run_after", "created_at", "finished_at")


def failed(count: int, **values: object) -> None:
    now = clock.now()
    told = {"kind": "mail.send", "state": JobState.FAILED} | dict.fromkeys(TIMES, now)
    cause = {"error_class": "TimeoutError", "error_place": "jobs/mail.py:30 send", "lost": 3, "attempts": 8}
    with writing() as session:
        session.add_all(Job(**told | cause | values) for _ in range(count))


def group_href() -> str:
    with reading() as session:
        [group] = failures.groups(session)
    return f"/staff/jobs/failures/{group.key}"


def states() -> list[str]:
    with reading() as session:
        return [job.state.value for job in session.query(Job).order_by(Job.id)]


def test_it_shows_queues_workers_schedule_and_failures(app: Flask) -> None:
    client, _ = signed_in(app)
    failed(3)
    beats.beat("worker now 1@here", "worker")
    with writing() as session:
        late = clock.now() - timedelta(minutes=7)
        session.add(Job(kind="todos.bulk", run_after=late, created_at=late))
    page = client.get("/staff/jobs").text
    shown = ("bulk", "worker now 1@here", "TimeoutError", "jobs/mail.py:30 send", "retention")
    for words in (*shown, group_href()):
        assert words in page, words


def test_failures_of_one_cause_are_retried_together(app: Flask) -> None:
    client, _ = signed_in(app)
    failed(3)
    href = group_href()
    assert post(client, f"{href}/retries").status_code == 303
    assert states() == ["ready"] * 3
    with reading() as session:
        told = session.query(AuditEvent).filter_by(action="job retried").one()
    assert told.changes == '{"jobs":3,"kind":"mail.send"}'


def test_a_retried_job_whose_work_a_later_one_does_is_discarded_and_says_so(app: Flask) -> None:
    client, _ = signed_in(app)
    failed(2, key="mail:1")
    now = clock.now()
    with writing() as session:
        session.add(Job(kind="mail.send", key="mail:1", run_after=now, created_at=now))
    answer = post(client, f"{group_href()}/retries")
    assert "2 discarded" in client.get(answer.location).text
    assert states() == ["canceled", "canceled", "ready"]


def test_of_two_failed_jobs_with_one_key_one_is_retried(app: Flask) -> None:
    client, _ = signed_in(app)
    failed(2, key="mail:1")
    post(client, f"{group_href()}/retries")
    assert states() == ["ready", "canceled"]


def test_failures_are_discarded_together(app: Flask) -> None:
    client, _ = signed_in(app)
    failed(2)
    href = group_href()
    post(client, f"{href}/disposal")
    assert states() == ["canceled"] * 2
    assert client.get(href).status_code == 404


@pytest.mark.parametrize("act", ["retries", "disposal"])
def test_who_may_only_look_retries_nothing(app: Flask, act: str) -> None:
    client, _ = signed_in(app, Role.READ_ONLY)
    failed(1)
    assert act not in client.get(group_href()).text
    assert post(client, f"{group_href()}/{act}").status_code == 403
    assert states() == ["failed"]


def test_a_lost_worker_shows_as_gone(app: Flask) -> None:
    client, _ = signed_in(app)
    beats.beat("worker now 1@here", "worker")
    with writing() as session:
        session.get(Heartbeat, "worker now 1@here").seen_at -= timedelta(minutes=2)
    assert "Gone" in client.get("/staff/jobs").text
