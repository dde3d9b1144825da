"""The mailer against real servers: TLS checked, a no told from a doubt, no header broken out of (EML-01)."""

from __future__ import annotations

import ssl
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dashboard.config import Settings
from dashboard.gateways import Doubtful, Letter, NotAccepted
from dashboard.gateways.smtp import SECONDS, SmtpMailer
from tests.support.mail_server import HOST, PASSWORD, USER, certificate, free_port, mail_server, rude_server

LETTER = Letter(
    to="office@example.test",
    subject="Your order — ready",
    text="Hello Zoë,\n.\n.hidden\nEnd\n",
    html="<p>Hello Zoë</p>",
    message_id="<abc.0@example.test>",
)


def mailer(port: int, **more: Any) -> SmtpMailer:
    plain: dict[str, Any] = {"is_secured": False, "may_be_plain": True, "reply_to": "support@example.test"}
    return SmtpMailer(HOST, port, "sender@example.test", **plain | more)


def test_a_letter_arrives_as_text_and_html() -> None:
    with mail_server() as inbox:
        mailer(inbox.port).send(LETTER)
    (letter,) = inbox.letters
    assert letter["Subject"] == LETTER.subject
    assert (letter["To"], letter["From"]) == (LETTER.to, "sender@example.test")
    assert (letter["Reply-To"], letter["Message-ID"]) == ("support@example.test", LETTER.message_id)
    assert inbox.envelopes[0].rcpt_tos == [LETTER.to]
    text, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == LETTER.text
    assert "Hello Zoë" in html.get_content()


def test_it_speaks_starttls_and_logs_in(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    with mail_server(server, login=True) as inbox:
        mailer(inbox.port, is_secured=True, trust=client, user=USER, password=PASSWORD).send(LETTER)
    assert len(inbox.letters) == 1


def test_a_certificate_that_nobody_vouches_for_gets_no_letter(tmp_path: Path) -> None:
    server, _ = certificate(tmp_path)
    with mail_server(server) as inbox:
        with pytest.raises(NotAccepted, match="SSLCertVerificationError"):
            mailer(inbox.port, is_secured=True).send(LETTER)
        assert not inbox.letters


def test_a_certificate_of_another_host_gets_no_letter(tmp_path: Path) -> None:
    server, client = certificate(tmp_path, host="192.0.2.1")
    with mail_server(server) as inbox, pytest.raises(NotAccepted, match="SSLCertVerificationError"):
        mailer(inbox.port, is_secured=True, trust=client).send(LETTER)


def test_a_server_without_tls_gets_no_letter() -> None:
    with mail_server() as inbox:
        with pytest.raises(NotAccepted, match="SMTPNotSupportedError"):
            mailer(inbox.port, is_secured=True).send(LETTER)
        assert not inbox.letters


def test_a_live_system_sends_nothing_in_the_clear() -> None:
    live = {"SMTP_HOST": HOST, "SMTP_SECURITY": "none", "SUPPORT_EMAIL": "support@example.test"}
    with mail_server() as inbox:
        settings = Settings.read(live | {"SMTP_PORT": str(inbox.port)})
        with pytest.raises(NotAccepted, match="NoTls"):
            SmtpMailer.of(settings).send(LETTER)
        assert not inbox.letters


def test_a_wrong_password_is_a_no(tmp_path: Path) -> None:
    server, client = certificate(tmp_path)
    wrong = {"is_secured": True, "trust": client, "user": USER, "password": "wrong"}
    refused = pytest.raises(NotAccepted, match="SMTPAuthenticationError 535")
    with mail_server(server, login=True) as inbox, refused:
        mailer(inbox.port, **wrong).send(LETTER)


def test_nobody_listening_is_a_no() -> None:
    with pytest.raises(NotAccepted, match="ConnectionRefusedError"):
        mailer(free_port()).send(LETTER)


def test_an_unknown_mailbox_is_a_no() -> None:
    with mail_server() as inbox, pytest.raises(NotAccepted, match="Refused 550"):
        mailer(inbox.port).send(replace(LETTER, to="nobody@example.test"))


def test_a_refused_text_is_a_no() -> None:
    with mail_server() as inbox:
        inbox.answer = "554 no thanks"
        with pytest.raises(NotAccepted, match="Refused 554"):
            mailer(inbox.port).send(LETTER)


def test_hanging_up_before_the_text_is_a_no() -> None:
    with rude_server(after=b"rcpt") as port, pytest.raises(NotAccepted):
        mailer(port).send(LETTER)


def test_hanging_up_after_the_text_is_a_doubt() -> None:
    with rude_server(after=b".\r\n") as port, pytest.raises(Doubtful, match="SMTPServerDisconnected"):
        mailer(port).send(LETTER)


def test_a_silent_server_is_left_when_the_time_is_over() -> None:
    with rude_server(after=b".\r\n", silent=True) as port:
        begun = time.monotonic()
        with pytest.raises(Doubtful):
            mailer(port, seconds=0.5).send(LETTER)
        assert time.monotonic() - begun < SECONDS / 2


@pytest.mark.parametrize(
    "letter",
    [
        replace(LETTER, to="a@example.test\r\nBcc: b@example.test"),
        replace(LETTER, to="a@example.test, b@example.test"),
        replace(LETTER, to="a@example.test> <b@example.test"),
        replace(LETTER, to="zoë@example.test"),
        replace(LETTER, to=""),
        replace(LETTER, subject="Hello\r\nBcc: b@example.test"),
        replace(LETTER, message_id="<a@b>\nBcc: b@example.test"),
    ],
)
def test_nothing_breaks_out_of_a_header(letter: Letter) -> None:
    with mail_server() as inbox:
        with pytest.raises(NotAccepted, match="BadHeader"):
            mailer(inbox.port).send(letter)
        assert not inbox.letters


def test_no_error_and_no_name_of_the_mailer_tells_the_password_or_the_address() -> None:
    made = mailer(free_port(), user=USER, password=PASSWORD)
    assert PASSWORD not in repr(made)
    with pytest.raises(NotAccepted) as refused:
        made.send(LETTER)
    assert LETTER.to not in str(refused.value)


def test_old_tls_is_not_spoken() -> None:
    assert mailer(1).trust.minimum_version >= ssl.TLSVersion.TLSv1_2
