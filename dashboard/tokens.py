"""Tokens of links, invites and API keys: the bearer holds the token, we hold only its SHA-256.

A token has 256 random bits, so a plain hash of it cannot be guessed back, and a row is found by it: there
is no secret left to compare in constant time.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import NamedTuple

TOKEN_BYTES = 32


class Token(NamedTuple):
    """A new token: `raw` goes to its bearer and is not kept, `digest` (32 bytes) goes into the row."""

    raw: str
    digest: bytes

    def __repr__(self) -> str:
        return f"Token(digest={self.digest.hex()[:8]}...)"


def new_token() -> Token:
    """A token nobody has seen: 43 characters of the URL-safe alphabet."""
    raw = token_urlsafe(TOKEN_BYTES)
    return Token(raw, digest(raw))


def digest(raw: str) -> bytes:
    """The 32 bytes under which a token is found. Any text has one, however odd."""
    return sha256(raw.encode("utf-8", "surrogatepass")).digest()
