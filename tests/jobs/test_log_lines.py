"""The log lines of an order's story carry its number and nobody's name (FUL-14)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from flask import Flask

from dashboard.models import Order
from dashboard.unit import writing
from tests.conftest import environment
from tests.support.mail_server import HOST, free_port
from tests.support.outbox import every
from tests.support.sales import sell

ROOT = Path(__file__).resolve().parents[2]
WORKER = """
from sqlalchemy import select
from dashboard import create_app
from dashboard.models import Job, JobState
from dashboard.unit import reading
from jobs import mail, orders
from jobs.run import run
with create_app().app_context():
    for _ in range(3):
        with reading() as session:
            ids = session.scalars(select(Job.id).where(Job.state == JobState.READY)).all()
        for job_id in ids:
            run(job_id)
"""


def test_every_log_line_of_an_orders_story_carries_its_number_and_no_name(app: Flask) -> None:
    with writing():
        order = sell("provider-compliance-bundle", paid_note="check 7")
    settings = app.extensions["settings"]
    away = {"SMTP_HOST": HOST, "SMTP_PORT": str(free_port()), "SMTP_SECURITY": "none"}
    environ = os.environ | environment(settings.data_dir, DATABASE_URL=settings.database_url, **away)
    done = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    numbers = {each.order_number for each in every(Order)}
    assert {line["event"] for line in lines} == {"job done", "job failed"}
    assert {line["order_number"] for line in lines} == numbers
    assert order.order_number in numbers
    for secret in ("Demo Family", "Sample Provider", "office@", "provider@", "1234567893"):
        assert secret not in done.stderr
