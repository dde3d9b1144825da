"""A browser that only asks: one connection that stays open, one page, again and again."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit


class Browser:
    """Called, it gets the page and returns its bytes.

    Raises:
        RuntimeError: the page does not answer 200.
    """

    def __init__(self, address: str, path: str, session: str = "") -> None:
        self._path = path
        self._web = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._headers = {"Cookie": f"session={session}"} if session else {}

    def __call__(self) -> bytes:
        self._web.request("GET", self._path, headers=self._headers)
        answer = self._web.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{self._path} answers {answer.status}")
        return body

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._web.close()
