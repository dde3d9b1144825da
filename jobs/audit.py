"""Verifying the audit trail in the background; what was found is an event of the trail itself."""

from __future__ import annotations

from flask import current_app

from dashboard import audit
from dashboard.audit import Action, Plain
from dashboard.audit.signing import read_keys
from dashboard.audit.verify import verify
from dashboard.config import Settings
from dashboard.unit import reading
from jobs import finishing, job

SHOWN_PLACES = 20


@job("audit.verify", queue="bulk", lease_seconds=3600, tries=3)
def verify_trail() -> None:
    """Check the whole chain. Asked for by the audit page; harmless to repeat."""
    settings: Settings = current_app.extensions["settings"]
    assert settings.signing_key_file is not None
    with reading() as session:
        report = verify(session, read_keys(settings.signing_key_file), settings.data_dir / "seals")
    found: dict[str, Plain] = {
        "events": report.links,
        "faults": report.total_faults,
        "waiting": report.waiting.events,
        "places": [str(fault) for fault in report.faults[:SHOWN_PLACES]],
    }
    with finishing():
        audit.record(Action.AUDIT_VERIFIED, outcome="ok" if report.is_sound else "failed", changes=found)
