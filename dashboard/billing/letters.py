"""What the payment provider was told, kept word for word until Stripe is joined (spec PHI-04)."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from dashboard.extensions import db
from dashboard.models import SentLetter
from dashboard.unit import insert


def keep(purpose: str, reference: str, body: str, now: datetime) -> None:
    """Keep one letter; the same one again is not kept twice."""
    session = db.session()
    row = {
        "purpose": purpose,
        "reference": reference,
        "digest": sha256(body.encode()).hexdigest(),
        "body": body,
        "created_at": now,
    }
    session.execute(insert(session, SentLetter).values(row).on_conflict_do_nothing())
