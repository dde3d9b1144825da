"""Placeholder until the mail gateway lands."""

from __future__ import annotations

from typing import Self

from dashboard.config import Settings
from dashboard.gateways import Letter


class SmtpMailer:
    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls()

    def send(self, letter: Letter) -> None: ...
