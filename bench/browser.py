"""A browser that only asks, over a connection that stays open: page after page, then the first again."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from itertools import cycle
from urllib.parse import urlsplit


class Browser:
    """Called, it gets the next page and returns its bytes.

    Raises:
        RuntimeError: the page does not answer 200.
    """

    def __init__(self, address: str, paths: Sequence[str], session: str = "") -> None:
        self._paths = cycle(paths)
        self._web = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        self._headers = {"Cookie": f"session={session}"} if session else {}

    def __call__(self) -> bytes:
        path = next(self._paths)
        self._web.request("GET", path, headers=self._headers)
        answer = self._web.getresponse()
        body = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise RuntimeError(f"{path} answers {answer.status}")
        return body

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self._web.close()
