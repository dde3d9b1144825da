"""Settings, read once from the environment (spec OPS-02). No real host, key or phone is a default.

Reading never refuses: commands that need no secrets run without any. Doors that serve ask `refusals` first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo


class Mode(StrEnum):
    DEMO = "demo"
    TEST = "test"
    LIVE = "live"


class State(StrEnum):
    """What `flask config check` says of a setting."""

    SET = "set"
    DEFAULT = "default"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One setting's state, and the way out where something is wrong. Never its value."""

    name: str
    state: State
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: how it is read, what it is when unset, and where it must be set."""

    read: Callable[[str], Any]
    default: str | None = None
    needed: bool = False
    advice: str = ""


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    if value not in {"0", "1"}:
        raise ValueError("Write 1 or 0.")
    return value == "1"


def _whole(value: str) -> int:
    if not value.isdecimal():
        raise ValueError("Write a whole number.")
    return int(value)


def _zone(value: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("Write an IANA time zone, such as America/New_York.") from error


def _days_or_never(value: str) -> int | None:
    return None if value == "never" else _whole(value)


def _mode(value: str) -> Mode:
    try:
        return Mode(value)
    except ValueError as error:
        raise ValueError("Write demo, test or live, or leave it unset for live.") from error


def _secret(value: str) -> str:
    if len(value) < 32 or len(set(value)) < 10:
        raise ValueError("Use at least 32 random characters, such as: openssl rand -base64 48.")
    return value


def _database(value: str) -> str:
    """SQLAlchemy's own spelling of the driver; `postgres://` and `postgresql://` mean psycopg 3 here."""
    scheme, found, rest = value.partition("://")
    if scheme in {"postgres", "postgresql"}:
        return f"postgresql+psycopg://{rest}"
    if not found or scheme not in {"sqlite", "postgresql+psycopg"}:
        raise ValueError("Write postgresql://user:password@host/name, or leave it unset for SQLite.")
    return value


def _mail_secured(value: str) -> str:
    if value not in {"starttls", "none"}:
        raise ValueError("Write starttls, or none in a demo.")
    return value


VARIABLES: Mapping[str, Variable] = {
    "COUNTERSIGN_MODE": Variable(_mode, "live"),
    "DATA_DIR": Variable(Path, "var"),
    "DATABASE_URL": Variable(_database, advice="Unset: SQLite in DATA_DIR."),
    "DATABASE_OWNER_URL": Variable(
        _database, advice="Unset: one database role; only triggers keep the audit trail append-only."
    ),
    "REDIS_URL": Variable(
        _text, needed=True, advice="Where the job queue lives, such as redis://127.0.0.1:6379/0."
    ),
    "PORT": Variable(_whole, "8000"),
    "WEB_WORKERS": Variable(_whole, advice="Unset: 2 web processes on PostgreSQL, 1 on SQLite."),
    "DOMAIN": Variable(_text, needed=True, advice="The public host name; links in emails start with it."),
    "TRUSTED_PROXIES": Variable(_whole, "0"),
    "SECRET_KEY": Variable(_secret, needed=True, advice="At least 32 random characters."),
    "FIELD_KEYS": Variable(_text, advice="Or FIELD_KEYS_FILE. Make one with: flask keys new --ring."),
    "FIELD_KEYS_FILE": Variable(Path, advice="A file of field keys, kept apart from backups."),
    "SIGNING_KEY_FILE": Variable(
        Path, needed=True, advice="The key file of the audit seals; see docs/security.md."
    ),
    "CHAT_WEBHOOK_URL": Variable(_text, advice="Unset: new todos are announced nowhere."),
    "SMTP_HOST": Variable(_text, advice="Unset: mail waits in the outbox."),
    "SMTP_PORT": Variable(_whole, "587"),
    "SMTP_USER": Variable(_text),
    "SMTP_PASS": Variable(_text),
    "SMTP_FROM": Variable(_text, advice="The sender of our mail."),
    "SMTP_SECURITY": Variable(_mail_secured, "starttls"),
    "SUPPORT_EMAIL": Variable(
        _text, needed=True, advice="The support contact that every mail and page shows."
    ),
    "SUPPORT_PHONE": Variable(_text),
    "PORTAL_AUTOMATION_ENABLED": Variable(_flag, "0"),
    "HEALTHCARE_PROXY_URL": Variable(_text),
    "FIRM_NAME": Variable(_text, "Countersign"),
    "FIRM_ADDRESS": Variable(_text, advice="What invoices show; lines with | between them."),
    "FIRM_TIME_ZONE": Variable(_zone, "America/New_York"),
    "API_REQUESTS_PER_MINUTE": Variable(_whole, "6000", advice="How often one API key may ask."),
    "INVOICE_DUE_DAYS": Variable(_whole, "30"),
    "INVOICE_APPROVAL_DAYS": Variable(
        _days_or_never, "2", advice="Days after which the clock approves; or never."
    ),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, typed; `None` where it is unset or could not be read. `findings` says which and why."""

    countersign_mode: Mode
    data_dir: Path
    database_url: str
    database_owner_url: str | None
    redis_url: str | None
    port: int
    web_workers: int | None
    domain: str | None
    trusted_proxies: int
    secret_key: str | None
    field_keys: str | None
    field_keys_file: Path | None
    signing_key_file: Path | None
    chat_webhook_url: str | None
    smtp_host: str | None
    smtp_port: int
    smtp_user: str | None
    smtp_pass: str | None
    smtp_from: str | None
    smtp_security: str
    support_email: str | None
    support_phone: str | None
    portal_automation_enabled: bool
    healthcare_proxy_url: str | None
    firm_name: str
    firm_address: str | None
    firm_time_zone: ZoneInfo
    invoice_due_days: int
    invoice_approval_days: int | None
    api_requests_per_minute: int
    findings: tuple[Finding, ...] = ()

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Settings:
        """Read every variable; what is wrong is kept as a finding and replaced by its default."""
        values, findings = {}, []
        for name, variable in VARIABLES.items():
            values[name.lower()], finding = _read(name, variable, environ.get(name) or None)
            findings.append(finding)
        values["database_url"] = (
            values["database_url"] or f"sqlite:///{values['data_dir'].resolve()}/countersign.db"
        )
        return cls(**values, findings=(*findings, *_together(values)))

    @property
    def mode(self) -> Mode:
        return self.countersign_mode

    @property
    def is_live(self) -> bool:
        return self.countersign_mode is Mode.LIVE

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def base_url(self) -> str:
        """Where links in emails lead: https, but plain http for a demo or a test on loopback."""
        if self.is_live:
            return f"https://{self.domain}"
        return f"http://{self.domain or f'127.0.0.1:{self.port}'}"

    @property
    def clock_file(self) -> Path | None:
        """The file that moves the clock; a live system has none."""
        return None if self.is_live else self.data_dir / "clock"

    def refusals(self) -> list[Finding]:
        """What forbids serving: settings that are missing or wrong, each by name."""
        return [finding for finding in self.findings if finding.state in {State.MISSING, State.WRONG}]

    def __repr__(self) -> str:
        return f"Settings(mode={self.countersign_mode}, {len(fields(self))} values not shown)"


def _read(name: str, variable: Variable, text: str | None) -> tuple[Any, Finding]:
    default = None if variable.default is None else variable.read(variable.default)
    if text is None:
        state = State.MISSING if variable.needed else State.DEFAULT
        return default, Finding(name, state, variable.advice)
    try:
        return variable.read(text), Finding(name, State.SET)
    except ValueError as error:
        return default, Finding(name, State.WRONG, str(error))


def _together(values: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong only in company."""
    if not values["field_keys"] and not values["field_keys_file"]:
        yield Finding(
            "FIELD_KEYS", State.MISSING, "Set it or FIELD_KEYS_FILE. To make a ring: flask keys new --ring."
        )
    if values["portal_automation_enabled"] and not values["healthcare_proxy_url"]:
        yield Finding(
            "HEALTHCARE_PROXY_URL", State.MISSING, "PORTAL_AUTOMATION_ENABLED needs it; or switch that off."
        )
    if values["countersign_mode"] is Mode.LIVE and values["smtp_security"] == "none":
        yield Finding(
            "SMTP_SECURITY", State.WRONG, "No mail leaves a live system without TLS. Write starttls."
        )
    if values["smtp_host"] and not values["smtp_from"]:
        yield Finding("SMTP_FROM", State.MISSING, "SMTP_HOST is set, so mail needs a sender.")
