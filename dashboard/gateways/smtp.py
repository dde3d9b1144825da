"""Mail over SMTP: STARTTLS with its certificate checked, a login, 30 seconds for all of it (spec EML-01)."""

from __future__ import annotations

import re
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Self

from dashboard import clock
from dashboard.config import Settings
from dashboard.gateways.roles import Doubtful, Letter, NotAccepted

SECONDS = 30.0
ADDRESS = re.compile(r"[!-~]{1,64}@[A-Za-z0-9.-]{1,253}")
NOT_IN_ADDRESSES = frozenset('<>,;:"()[]\\ ')
POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=True)


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """One SMTP server and how we speak to it. `trust` says whose certificates are good."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    reply_to: str | None = None
    domain: str = "localhost"
    is_secured: bool = True
    may_be_plain: bool = False
    seconds: float = SECONDS
    trust: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The installation's mailer. Only a demo or a test may go without TLS."""
        return cls(
            host=settings.smtp_host or "",
            port=settings.smtp_port,
            sender=settings.smtp_from or settings.support_email or "",
            user=settings.smtp_user,
            password=settings.smtp_pass,
            reply_to=settings.support_email,
            domain=(settings.domain or "localhost").partition(":")[0],
            is_secured=settings.smtp_security != "none",
            may_be_plain=not settings.is_live,
        )

    def send(self, letter: Letter) -> None:
        """Hand one letter over.

        Raises:
            NotAccepted: the server surely did not take it.
            Doubtful: the line broke after the text was sent, before the server answered.
        """
        if not (self.is_secured or self.may_be_plain):
            raise NotAccepted("NoTls")
        message = self._message(letter)
        deadline = time.monotonic() + self.seconds
        with self._connected(deadline) as server:
            with _surely_not_taken():
                self._introduce(server, letter.to, deadline)
            with _perhaps_taken():
                _until(server, deadline)
                _expect(server.data(message))
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _message(self, letter: Letter) -> bytes:
        """The letter as bytes. What could break out of a header is refused, not cleaned."""
        message = EmailMessage(policy=POLICY)
        try:
            message["From"] = _address(self.sender)
            message["To"] = _address(letter.to)
            if self.reply_to:
                message["Reply-To"] = _address(self.reply_to)
            message["Subject"] = letter.subject
            message["Date"] = format_datetime(clock.now())
            message["Message-ID"] = letter.message_id
            message["Auto-Submitted"] = "auto-generated"
            message.set_content(letter.text)
            message.add_alternative(letter.html, subtype="html")
            return message.as_bytes()
        except ValueError as error:
            raise NotAccepted("BadHeader") from error

    @contextmanager
    def _connected(self, deadline: float) -> Iterator[smtplib.SMTP]:
        with _surely_not_taken():
            server = smtplib.SMTP(self.host, self.port, self.domain, timeout=deadline - time.monotonic())
        try:
            yield server
        finally:
            server.close()

    def _introduce(self, server: smtplib.SMTP, to: str, deadline: float) -> None:
        """Everything before the text: the secured line, the login, the envelope."""
        _until(server, deadline)
        server.ehlo_or_helo_if_needed()
        if self.is_secured:
            server.starttls(context=self.trust)
            server.ehlo()
        if self.user:
            _until(server, deadline)
            server.login(self.user, self.password or "")
        _until(server, deadline)
        _expect(server.mail(self.sender))
        _expect(server.rcpt(to))


def _address(text: str) -> Address:
    """One plain address.

    Raises:
        ValueError: it is several, or holds what a header must not.
    """
    if not ADDRESS.fullmatch(text) or NOT_IN_ADDRESSES & set(text):
        raise ValueError("not one address")
    return Address(addr_spec=text)


def _until(server: smtplib.SMTP, deadline: float) -> None:
    """Let the next answer take no longer than what is left."""
    if server.sock is not None:
        server.sock.settimeout(max(0.001, deadline - time.monotonic()))


def _expect(answer: tuple[int, bytes]) -> None:
    code, _ = answer
    if code not in {250, 251}:
        raise NotAccepted(f"Refused {code}")


@contextmanager
def _surely_not_taken() -> Iterator[None]:
    try:
        yield
    except (OSError, smtplib.SMTPException) as error:
        raise NotAccepted(_name(error)) from error


@contextmanager
def _perhaps_taken() -> Iterator[None]:
    """An answer that says no is a no; a line that breaks is a doubt."""
    try:
        yield
    except smtplib.SMTPDataError as error:
        raise NotAccepted(_name(error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise Doubtful(_name(error)) from error


def _name(error: Exception) -> str:
    """The error's class and code: its text may hold an address."""
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()
