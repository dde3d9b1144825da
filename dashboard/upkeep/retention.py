"""How long we keep what nobody needs any more (spec REL-02). The audit trail is kept for ever."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from dashboard.models import (
    AccountLink,
    FailedAttempt,
    Heartbeat,
    IdempotentAnswer,
    Job,
    JobState,
    UserSession,
)

CHUNK = 1_000
ENDED = (JobState.DONE, JobState.CANCELED)
ABSOLUTE_SESSION = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Rule:
    """Which rows of a table may go, told by when they had to be over."""

    table: type[Any]
    keep: timedelta
    is_over: Callable[[datetime], ColumnElement[bool]]


RULES = (
    Rule(Job, timedelta(days=90), lambda by: Job.state.in_(ENDED) & (Job.finished_at < by)),
    Rule(
        UserSession,
        timedelta(days=30),
        lambda by: or_(UserSession.ended_at < by, UserSession.created_at < by - ABSOLUTE_SESSION),
    ),
    Rule(
        AccountLink,
        timedelta(days=1),
        lambda by: or_(AccountLink.used_at < by, AccountLink.expires_at < by),
    ),
    Rule(FailedAttempt, timedelta(days=1), lambda by: FailedAttempt.at < by),
    Rule(Heartbeat, timedelta(days=1), lambda by: Heartbeat.seen_at < by),
    Rule(IdempotentAnswer, timedelta(days=2), lambda by: IdempotentAnswer.created_at < by),
)


def purge(session: Session, rule: Rule, now: datetime) -> int:
    """Delete at most `CHUNK` rows, the oldest first; returns how many: call again after a whole chunk."""
    [key] = rule.table.__table__.primary_key.columns
    over = session.scalars(select(key).where(rule.is_over(now - rule.keep)).order_by(key).limit(CHUNK)).all()
    if over:
        session.execute(delete(rule.table).where(key.in_(over)))
    return len(over)
