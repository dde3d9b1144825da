"""Is it alive, and is it ready? For supervisors and load balancers; says nothing about anybody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from dashboard.models import Heartbeat
from dashboard.unit import reading
from dashboard.web.access import public

if TYPE_CHECKING:
    from flask import Flask
    from flask.typing import ResponseReturnValue

bp = Blueprint("health", __name__)
SILENT_AFTER = timedelta(seconds=30)


def join(app: Flask) -> None:
    app.register_blueprint(bp)


@bp.get("/healthz")
@public
def alive() -> ResponseReturnValue:
    """200 while this process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def ready() -> ResponseReturnValue:
    """200 `ok`; 200 `degraded` while people can work but background work stands still; 503 without a
    database.
    """
    parts = {
        "database": _database(),
        "redis": _redis(),
        "workers": _beating("worker"),
        "scheduler": _beating("scheduler"),
    }
    if parts["database"] != "ok":
        return jsonify(status="unavailable", **parts), 503
    status = "ok" if set(parts.values()) == {"ok"} else "degraded"
    return jsonify(status=status, **parts)


def _database() -> str:
    try:
        with reading() as session:
            session.execute(select(1))
    except DBAPIError:
        return "does not answer"
    return "ok"


def _redis() -> str:
    url = current_app.extensions["settings"].redis_url
    if not url:
        return "not set"
    try:
        wire: Any = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
        wire.ping()
        wire.close()
    except RedisError:
        return "does not answer"
    return "ok"


def _beating(kind: str) -> str:
    late = datetime.now(UTC) - SILENT_AFTER
    try:
        with reading() as session:
            alive = session.scalar(
                select(Heartbeat.name).where(Heartbeat.kind == kind, Heartbeat.seen_at > late)
            )
    except DBAPIError:
        return "unknown"
    return "ok" if alive else "silent"
