"""The staff channel: a line of text posted to a webhook, as Slack and Mattermost take it (spec FUL-12)."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import SplitResult, urlsplit

from dashboard.config import Settings
from dashboard.gateways.roles import Doubtful, NotAccepted

SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ChatWebhook:
    """One channel. Its address is a secret."""

    url: str = field(repr=False)
    may_be_plain: bool = False
    seconds: float = SECONDS

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The installation's channel. Only a demo or a test may go without TLS."""
        return cls(settings.chat_webhook_url or "", may_be_plain=not settings.is_live)

    def say(self, text: str) -> None:
        """Post one line. Redirects are not followed.

        Raises:
            NotAccepted: it surely did not arrive.
            Doubtful: the line broke before the answer.
        """
        target = urlsplit(self.url)
        connection = self._connection(target)
        try:
            self._post(connection, target, json.dumps({"text": text}).encode())
        finally:
            connection.close()

    def _connection(self, target: SplitResult) -> http.client.HTTPConnection:
        if not target.hostname:
            raise NotAccepted("BadAddress")
        if target.scheme == "https":
            return http.client.HTTPSConnection(target.hostname, target.port, timeout=self.seconds)
        if target.scheme == "http" and self.may_be_plain:
            return http.client.HTTPConnection(target.hostname, target.port, timeout=self.seconds)
        raise NotAccepted("NoTls")

    def _post(self, connection: http.client.HTTPConnection, target: SplitResult, body: bytes) -> None:
        path = f"{target.path or '/'}{'?' if target.query else ''}{target.query}"
        try:
            connection.connect()
        except OSError as error:
            raise NotAccepted(type(error).__name__) from error
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json"})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException) as error:
            raise Doubtful(type(error).__name__) from error
        if not 200 <= status < 300:
            raise NotAccepted(f"Refused {status}")
