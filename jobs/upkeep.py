"""What is no longer needed goes, a chunk at a time, so that no unit is long (spec REL-02)."""

from __future__ import annotations

from dashboard import clock
from dashboard.unit import writing
from dashboard.upkeep import retention
from jobs import job


@job("upkeep.purge", queue="bulk", lease_seconds=1800, tries=3)
def purge() -> None:
    """Delete what its time of keeping is over for. Runs daily; harmless to repeat."""
    for rule in retention.RULES:
        while _purged(rule) == retention.CHUNK:
            pass


def _purged(rule: retention.Rule) -> int:
    with writing() as session:
        return retention.purge(session, rule, clock.now())
