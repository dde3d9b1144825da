"""How often a key may ask: a bucket of one minute's requests that fills steadily, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from threading import Lock
from time import monotonic

from flask import current_app

from dashboard.web.api.problems import TooManyRequests

SETTING = "API_REQUESTS_PER_MINUTE"
EXTENSION = "countersign.api.buckets"


@dataclass(slots=True)
class Bucket:
    """What a key has left, and when that was counted."""

    left: float
    counted: float


class Buckets:
    """All keys' buckets; threads share them."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._buckets: dict[int, Bucket] = {}

    def take(self, key_id: int, per_minute: int) -> float:
        """Take one request; gives 0, or the seconds until there is one again."""
        now, rate = monotonic(), per_minute / 60
        with self._lock:
            bucket = self._buckets.setdefault(key_id, Bucket(per_minute, now))
            bucket.left = min(per_minute, bucket.left + (now - bucket.counted) * rate)
            bucket.counted = now
            if bucket.left < 1:
                return (1 - bucket.left) / rate
            bucket.left -= 1
            return 0


def count(key_id: int) -> None:
    """Count one request of a key.

    Raises:
        TooManyRequests: its minute's share is used up.
    """
    app = current_app
    buckets: Buckets = app.extensions.setdefault(EXTENSION, Buckets())
    if wait := buckets.take(key_id, app.config[SETTING]):
        raise TooManyRequests(ceil(wait))
