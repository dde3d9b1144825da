"""The scheduler's loop: hands jobs over, takes back lost ones, keeps the schedule, seals the audit trail.

Redis or the database may go away and come back: each part says once that it fails, and is tried again.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from dashboard import clock
from dashboard.audit.signing import read_keys
from dashboard.config import Settings
from dashboard.unit import reading
from jobs import beats, leases, registry, schedule
from jobs.relay import Relay
from jobs.run import name_of
from jobs.sealer import Sealer

AWAY = (SQLAlchemyError, RedisError, OSError, sqlite3.Error)
POLL_SECONDS = 0.15
log = structlog.get_logger("scheduler")


@dataclass
class Part:
    """One thing the loop does, and how often. A fault is logged when it begins and when it ends."""

    name: str
    pause: float
    act: Callable[[], object]
    due: float = 0.0
    fault: str = ""

    def run(self, now: float) -> None:
        """Act if it is time (`now` in monotonic seconds). Never raises for what may come back."""
        if now < self.due:
            return
        self.due = now + self.pause
        try:
            self.act()
        except AWAY as error:
            self._say(name_of(error))
        else:
            self._say("")

    def _say(self, fault: str) -> None:
        if fault and not self.fault:
            log.warning("part of the scheduler fails", part=self.name, error=fault)
        elif self.fault and not fault:
            log.info("part of the scheduler works again", part=self.name)
        self.fault = fault


def run(parts: Sequence[Part], is_asked_to_stop: Callable[[], bool]) -> None:
    """Go round until asked to stop."""
    while not is_asked_to_stop():
        for part in parts:
            part.run(time.monotonic())
        time.sleep(POLL_SECONDS / 2)


def parts_of(settings: Settings, redis: Redis, name: str) -> list[Part]:
    """What one scheduler process does. Two may run: leases and unique keys keep them apart.

    Raises:
        BadSigningKey: SIGNING_KEY_FILE holds no key to seal with.
    """
    assert settings.signing_key_file is not None
    sealer = Sealer(name, read_keys(settings.signing_key_file), settings.data_dir / "seals")
    handing = Handing(Relay(redis, registry.load()), changes_of(settings))
    return [
        Part("relay", POLL_SECONDS, handing.poll),
        Part("leases", 1, take_back),
        Part("schedule", 1, lambda: keep(settings)),
        Part("audit", 1, lambda: sealer.work(clock.now())),
        Part("heartbeat", 5, lambda: beats.beat(name, "scheduler")),
    ]


class Handing:
    """The relay, asked when something was committed, and each second for what comes due by time."""

    def __init__(self, relay: Relay, has_changed: Callable[[], bool]) -> None:
        self._relay = relay
        self._has_changed = has_changed
        self._asked = 0.0

    def poll(self) -> None:
        if not self._has_changed() and time.monotonic() - self._asked < 1:
            return
        self._relay.poll(clock.now())
        self._asked = time.monotonic()


def changes_of(settings: Settings) -> Callable[[], bool]:
    """Whether anybody committed since the last call. SQLite knows for nothing, others say yes."""
    if not settings.is_sqlite:
        return lambda: True
    return SqliteChanges(Path(settings.database_url.removeprefix("sqlite:///"))).any


class SqliteChanges:
    """A connection of its own, which only reads the counter that every other connection's commit raises."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        self._seen: int | None = None

    def any(self) -> bool:
        with closing(self._connection.execute("PRAGMA data_version")) as answer:
            version = int(answer.fetchone()[0])
        changed, self._seen = version != self._seen, version
        return changed


def take_back() -> None:
    """Jobs whose lease is over; a quiet second only reads."""
    with reading() as session:
        is_any = leases.any_over(session)
    if is_any:
        leases.reap()


def keep(settings: Settings) -> None:
    """Ask for what the schedule says is due."""
    for each in schedule.schedules(settings.firm_time_zone):
        schedule.tick(each, clock.now())
