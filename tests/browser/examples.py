"""Something for each `{name}` in the addresses of `pages`, found in the demo's data or added to it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from dashboard import client_links, clock
from dashboard.billing import monthly_run, patient_imports
from dashboard.models import (
    BulkAction,
    DocumentState,
    Invoice,
    Job,
    JobState,
    LinkPurpose,
    Office,
    Order,
    OrderStatus,
    Patient,
    PaymentState,
    Todo,
    TodoStatus,
    User,
)
from dashboard.models.base import new_reference
from dashboard.people import accounts, links
from dashboard.rights import Role
from dashboard.todos import bulk
from dashboard.unit import writing
from jobs import failures
from tests.browser.installation import Installation


def examples(installation: Installation) -> Mapping[str, str]:
    """Made once for an installation: links are new ones, and one person is invited."""
    names = ("admin", "fulfiller", "fulfiller2", "member")
    admin, fulfiller, other, member = map(installation.person, names)
    with installation.app.app_context(), writing() as session:
        unclaimed = _first(session, Todo.assignee_id.is_(None), Todo.status == TodoStatus.PENDING)
        incomplete = _first(session, Todo.intake_incomplete, Todo.status == TodoStatus.PENDING)
        return {
            "todo": str(unclaimed.id),
            "mine": str(
                _first(session, Todo.assignee_id == fulfiller.id, Todo.status == TodoStatus.WAITING).id
            ),
            "done": str(_first(session, Todo.status == TodoStatus.DONE).id),
            "incomplete": str(incomplete.id),
            "bundle": str(_first(session, Todo.service_slug == "provider-compliance-bundle").id),
            "link": _link(session, unclaimed),
            "link_with_gaps": _link(session, incomplete),
            "person": other.ref,
            "oneself": admin.ref,
            "order": str(unclaimed.order_number),
            "unpaid": session.scalars(
                select(Order.order_number).where(Order.status == OrderStatus.PENDING)
            ).first(),
            "office": str(session.scalars(select(Office.id).order_by(Office.id)).first()),
            "failures": _failures(session),
            "bulk": str(_bulk(unclaimed, fulfiller).id),
            **_letters(session, admin),
            **_portal(session, member),
            **_billing(session),
        }


def _first(session: Any, *which: Any) -> Todo:
    found: Todo = session.scalars(select(Todo).where(*which).order_by(Todo.id)).first()
    return found


def _failures(session: Any) -> str:
    """Two jobs that gave up for one reason."""
    then = clock.now() - timedelta(hours=1)
    told = {
        "error_class": "StoreAway",
        "error_place": "dashboard/documents.py:1 keep",
        "error_note": "No answer.",
    }
    for attempts in (5, 3):
        times = {"run_after": then, "created_at": then, "finished_at": clock.now()}
        session.add(Job(kind="todos.announce", state=JobState.FAILED, attempts=attempts, **told, **times))
    session.flush()
    return failures.groups(session)[0].key


def _link(session: Any, todo: Todo) -> str:
    return client_links.issue(session.get_one(Order, todo.order_id), clock.now())


def _bulk(todo: Todo, by: User) -> BulkAction:
    """Some rows are refused: a todo that somebody else has is not claimed."""
    which = (Todo.service_slug == todo.service_slug, Todo.status == TodoStatus.WAITING)
    told = {"back": "/staff/queue"}
    return bulk.ask("claim", told, which, key=new_reference(), by=by.id, now=clock.now())


def _portal(session: Any, member: User) -> dict[str, str]:
    """What an office has: an invoice that is to be paid, a link to it, a colleague."""
    mine = (Invoice.office_id == member.office_id, Invoice.number.is_not(None))
    invoice = session.scalars(select(Invoice).where(*mine).order_by(Invoice.id.desc())).first()
    link = client_links.issue(invoice, clock.now())
    return {"portal_invoice": invoice.ref, "invoice_link": link, "colleague": member.ref}


def _billing(session: Any) -> dict[str, str]:
    """What billing has: somebody's patient, an invoice in two states, a run, a file that is read."""
    now, office = clock.now(), session.scalars(select(Office).order_by(Office.id)).first()
    states = {
        "review": Invoice.document_state == DocumentState.CLOSED,
        "open_invoice": Invoice.payment_state == PaymentState.FAILED,
    }
    ids = {name: session.scalars(select(Invoice.id).where(which)).first() for name, which in states.items()}
    ids["patient"] = session.scalars(select(Patient.id).where(Patient.office_id == office.id)).first()
    file = b"name\nSample Patient\n"
    ids["import"] = patient_imports.ask(office, file, all_or_nothing=True, now=now).id
    run = monthly_run.ask(now, "system", now)
    return {name: str(id) for name, id in ids.items()} | {"run": run.ref}


def _letters(session: Any, admin: User) -> dict[str, str]:
    """The tokens of an invitation and of a reset, as their mails would carry them."""
    now = clock.now()
    invited = accounts.by_email("newcomer@demo.example") or accounts.invite(
        "newcomer@demo.example", "Nora Newcomer (demo)", Role.READ_ONLY, now=now
    )
    looker = session.scalars(select(User).where(User.role == Role.READ_ONLY)).first()
    return {
        "invitation": links.issue(invited, LinkPurpose.INVITE, now),
        "reset": links.issue(looker, LinkPurpose.PASSWORD_RESET, now),
    }
