"""Real mail servers on loopback: one that keeps what it gets, with TLS and a login if told, and rude ones."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.ports import HOST, free_port

USER, PASSWORD = "mailer", "a password of the tests"
READY_SECONDS = 60


@dataclass
class Inbox:
    """What a server was given, and how it answers the text: 250 unless told."""

    port: int = 0
    answer: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.envelopes.append(envelope)
            content = envelope.content if isinstance(envelope.content, bytes) else b""
            self.letters.append(message_from_bytes(content, policy=policy.default))
        return self.answer

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@contextmanager
def mail_server(context: ssl.SSLContext | None = None, *, login: bool = False) -> Iterator[Inbox]:
    """A server that keeps what it gets; with `context` it insists on STARTTLS, with `login` on a password."""
    inbox = Inbox()
    options: dict[str, Any] = {"tls_context": context, "require_starttls": context is not None}
    if login:
        options |= {"authenticator": _authenticated, "auth_required": True}
    controller = Controller(inbox, hostname=HOST, port=free_port(), ready_timeout=READY_SECONDS, **options)
    controller.start()
    inbox.port = controller.port
    try:
        yield inbox
    finally:
        controller.stop()


def _authenticated(server: SMTP, session: Session, envelope: Envelope, how: str, data: Any) -> AuthResult:
    expected = LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=data == expected, handled=False)


@contextmanager
def rude_server(*, after: bytes, silent: bool = False) -> Iterator[int]:
    """A server that hangs up, or falls silent, when a line begins with `after`; yields its port."""
    with socket.create_server((HOST, 0)) as listening:
        thread = threading.Thread(target=_be_rude, args=(listening, after, silent), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.close()
        thread.join(5)


def _be_rude(listening: socket.socket, after: bytes, silent: bool) -> None:
    with suppress(OSError):
        line, _ = listening.accept()
        with line, line.makefile("rb") as words:
            line.sendall(b"220 rude\r\n")
            _talk(line, words, after, silent)


def _talk(line: socket.socket, words: Any, after: bytes, silent: bool) -> None:
    texting = False
    for said in words:
        if said.startswith(after):
            if silent:
                words.read()
            return
        if not texting:
            texting = said.startswith(b"data")
            line.sendall(b"354 go on\r\n" if texting else b"250 OK\r\n")


def certificate(folder: Path, *, host: str = HOST) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate of our own making for `host`: the server's side, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.test")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + built.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return server, ssl.create_default_context(cafile=str(path))
