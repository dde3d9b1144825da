"""Background work of the queue."""

from __future__ import annotations

from dashboard import clock
from dashboard.actor import Actor, acting, current
from dashboard.models import BulkAction, User
from dashboard.rows import found
from dashboard.todos import bulk
from dashboard.unit import reading, writing
from jobs.registry import finishing, job


@job("todos.bulk", queue="bulk", lease_seconds=600)
def bulk_action(bulk_id: int) -> None:
    """Do one action on many todos, 50 to a transaction: killed in between, it goes on where it was."""
    with reading():
        asker = found(User, found(BulkAction, bulk_id).asked_by)
    who = Actor(asker.ref, asker.role, asker.id, request_id=current().request_id)
    with acting(who):
        while _chunk(bulk_id):
            pass
    with finishing():
        bulk.finish(found(BulkAction, bulk_id), clock.now())


def _chunk(bulk_id: int) -> bool:
    with writing():
        return bulk.do_chunk(found(BulkAction, bulk_id), clock.now())
