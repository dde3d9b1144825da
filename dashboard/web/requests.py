"""The request as our pages see it: bounded, and never in a plain temporary file (spec SEC-04)."""

from __future__ import annotations

from io import BytesIO
from typing import IO, Any

from htmx_flask import HtmxAwareRequest

LARGEST_BODY = 2 * 1024 * 1024


class Request(HtmxAwareRequest):
    """Keeps an upload in memory, where Werkzeug would write a large one to disk as it is."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()
