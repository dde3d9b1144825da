"""Who sends the invoices, and on which terms: read once from the settings, like the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

from dashboard.config import Settings


@dataclass(frozen=True, slots=True)
class Firm:
    """What every invoice says of us. `approval_days` is None where only people approve."""

    name: str = "Countersign"
    address: tuple[str, ...] = ()
    email: str | None = None
    phone: str | None = None
    zone: tzinfo = UTC
    due_days: int = 30
    approval_days: int | None = 2

    def day(self, at: datetime) -> date:
        """The firm's day at an instant."""
        return at.astimezone(self.zone).date()


_ours = Firm()


def follow(settings: Settings) -> None:
    """Send invoices as these settings say."""
    global _ours
    _ours = Firm(
        settings.firm_name,
        tuple(line.strip() for line in (settings.firm_address or "").split("|") if line.strip()),
        settings.support_email,
        settings.support_phone,
        settings.firm_time_zone,
        settings.invoice_due_days,
        settings.invoice_approval_days,
    )


def ours() -> Firm:
    """The firm as it is now; what was issued keeps what it was then."""
    return _ours
