"""Activations through the API: eight programs at once under gunicorn, beside the same told in the domain."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from sqlalchemy import insert, select

from bench.installation import Database, running
from bench.invented_practices import BEGINS, fill
from bench.measure import Bar, Figure, seconds
from dashboard import clock
from dashboard.billing import activations, monthly_run
from dashboard.models import Patient
from dashboard.models.base import new_reference
from dashboard.rights import Role
from dashboard.rows import found
from dashboard.unit import reading, writing
from jobs import months
from tests.support.programs import BILLING, program

OFFICES, PATIENTS, PROGRAMS, WARM_UP = 40, 100, 8, 40


def figures(database: Database, acts: int) -> Iterator[Figure]:
    """Each activation is of a new patient, the offices in turn; each office's month is up to date."""
    with running(database, API_REQUESTS_PER_MINUTE="10000000") as (site, started):
        fill(site, OFFICES, PATIENTS)
        _turn_months()
        key, web = program(site.app, role=Role.BILLING).key, started.web()
        _tell(web, key, _new_patients(WARM_UP))
        refs, ids = _new_patients(acts), _new_patients(acts)
        through = acts / seconds(lambda: _tell(web, key, refs))
        within = acts / seconds(lambda: _activate(ids))
        yield Figure(
            f"activations through the API, {PROGRAMS} programs, {site.name}", through, "/s",
            Bar(200, at_least=True), within, "in the domain, one after the other",
        )  # fmt: skip


def _turn_months() -> None:
    now = clock.now()
    with writing():
        run = monthly_run.ask(now, "bench", now)
    months.work(run.id)


def _new_patients(count: int) -> list[str]:
    """References of that many patients whom nobody has told of yet."""
    refs = [new_reference() for _ in range(count)]
    rows = [_patient(number, ref) for number, ref in enumerate(refs)]
    with writing() as session:
        session.execute(insert(Patient), rows)
    return refs


def _patient(number: int, ref: str) -> dict[str, object]:
    return {"ref": ref, "office_id": number % OFFICES + 1, "created_at": BEGINS, "version": 1}


def _tell(web: str, key: str, refs: Sequence[str]) -> None:
    with ThreadPoolExecutor(PROGRAMS) as programs:
        list(
            programs.map(
                lambda mine: _post_each(web, key, mine), [refs[n::PROGRAMS] for n in range(PROGRAMS)]
            )
        )


def _post_each(web: str, key: str, refs: Sequence[str]) -> None:
    """One program, over a connection that stays open.

    Raises:
        RuntimeError: an answer is not 201.
    """
    connection = http.client.HTTPConnection(urlsplit(web).netloc, timeout=60)
    for ref in refs:
        connection.request("POST", f"{BILLING}/patients/{ref}/activate", headers=_headers(key))
        answer = connection.getresponse()
        said = answer.read()
        if answer.status != http.HTTPStatus.CREATED:
            raise RuntimeError(f"{answer.status} {said[:300]!r}")
    connection.close()


def _headers(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def _activate(refs: Sequence[str]) -> None:
    with reading() as session:
        ids = list(session.scalars(select(Patient.id).where(Patient.ref.in_(refs))))
    for patient_id in ids:
        with writing():
            now = clock.now()
            activations.activate(found(Patient, patient_id), at=now, now=now)
