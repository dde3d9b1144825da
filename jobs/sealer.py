"""The sealer: links new audit events each second and seals the chain each minute, in one process (AUD-02)."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError

from dashboard.audit import chain, seals
from dashboard.audit.signing import SigningKeys
from dashboard.unit import outside, reading, writing
from jobs.leases import held

LEASE = "audit sealer"
LEASE_SECONDS = 30
SETTLED_SECONDS = 90
WHOLE_LOOK_SECONDS = 1800
log = structlog.get_logger("sealer")


class Floor:
    """Below it every event is linked, so a look need not go there.

    On PostgreSQL an event may commit after later ids did. So the floor follows the newest id only after 90 s,
    longer than a transaction may idle; and, to be right in any case, each half hour one look begins at zero.
    """

    def __init__(self) -> None:
        self.id = 0
        self._mark = (time.monotonic(), 0)
        self._whole = time.monotonic()

    def rise(self, newest: int) -> None:
        """Said when a look has left nothing unlinked; `newest` is the highest id linked so far."""
        now = time.monotonic()
        if now - self._whole > WHOLE_LOOK_SECONDS:
            self.id, self._whole = 0, now
        elif now - self._mark[0] > SETTLED_SECONDS:
            self.id, self._mark = self._mark[1], (now, newest)


class Sealer:
    """One process's part in sealing. Two may run: the lease lets one work, and unique keys bar a fork."""

    def __init__(self, holder: str, keys: SigningKeys, folder: Path) -> None:
        self._holder = holder
        self._keys = keys
        self._folder = folder
        self._floor = Floor()
        self._newest = 0
        self._minute: datetime | None = None

    def work(self, now: datetime) -> int:
        """Link a chunk of what is not linked yet, and seal what is due; returns how many were linked.

        A quiet second costs one read. What a full disk or a rival forbids now is made up for by a later call.

        Raises:
            OSError: the seals outside the database could not be written.
        """
        linked = self._link()
        if self._minute != (minute := now.replace(second=0, microsecond=0)):
            self._seal(now)
            self._minute = minute
        return linked

    def _link(self) -> int:
        with reading() as session:
            events = chain.unlinked(session, above=self._floor.id)
            end = chain.head(session)
        if events and not held(LEASE, self._holder, LEASE_SECONDS):
            return 0
        if events and not self._add(chain.links_after(end, events)):
            return 0
        if len(events) < chain.CHUNK:
            self._floor.rise(self._newest)
        return len(events)

    def _add(self, rows: list[dict[str, Any]]) -> bool:
        try:
            with writing() as session:
                chain.add(session, rows)
        except IntegrityError:
            log.info("somebody else linked first")
            return False
        self._newest = max(self._newest, *(row["event_id"] for row in rows))
        return True

    def _seal(self, now: datetime) -> None:
        with reading() as session:
            kinds = seals.due(session, now)
        if kinds and held(LEASE, self._holder, LEASE_SECONDS):
            with writing() as session:
                seals.seal(session, kinds, self._keys, now)
        with reading() as session:
            made = seals.recent(session, now)
        outside()
        seals.keep_outside(self._folder, made)
