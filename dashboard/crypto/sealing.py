"""Bytes that open in one place only.

A sealed value is AES-256-GCM, stored as `version (1) | key id (12, zero-padded) | nonce (12) | ciphertext
and tag (16)`. The header has a fixed length, so that SQL can tell under which key a row lies without
opening it. Associated data: the header, the table, the column and the row's random `ref`, so a value moved
to another row, column or table does not open.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard import keyring
from dashboard.keyring import ID_LENGTH, Key, Purpose, UnknownKey

VERSION: Final = b"\x01"
HEADER_BYTES: Final = len(VERSION) + ID_LENGTH
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
_BODY: Final = HEADER_BYTES + NONCE_BYTES


class Unreadable(Exception):
    """Stored bytes do not open: altered, moved from another row or column, or their key is unknown."""


class NoReference(Exception):
    """A value was to be sealed for a row that has no `ref` yet."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed value lives. It opens nowhere else."""

    table: str
    column: str
    ref: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}"

    def bound(self, header: bytes) -> bytes:
        """The associated data of a value in this place."""
        return header + "\0".join((self.table, self.column, self.ref)).encode()


def header_of(key: Key) -> bytes:
    """The first HEADER_BYTES of everything this key sealed."""
    return VERSION + key.id.encode().ljust(ID_LENGTH, b"\0")


def key_id_of(stored: bytes) -> str:
    """The id of the key that a value was sealed under; its header is enough. Opens nothing."""
    return stored[len(VERSION) : HEADER_BYTES].rstrip(b"\0").decode("ascii", "replace")


def seal_bytes(value: bytes, place: Place, *, purpose: Purpose = Purpose.FIELDS) -> bytes:
    """Seal a value for its place, under the active key. Sealing twice gives different bytes."""
    key, nonce = keyring.ring().active, token_bytes(NONCE_BYTES)
    header = header_of(key)
    return header + nonce + AESGCM(key.subkey(purpose)).encrypt(nonce, value, place.bound(header))


def open_bytes(stored: bytes, place: Place, *, purpose: Purpose = Purpose.FIELDS) -> bytes:
    """The value that was sealed for this place.

    Raises:
        Unreadable: names table and column, never the value.
    """
    header, nonce, body = _parts(stored, place)
    try:
        key = keyring.ring().key(key_id_of(header))
        return AESGCM(key.subkey(purpose)).decrypt(nonce, body, place.bound(header))
    except UnknownKey as error:
        raise Unreadable(f"{place}: {error}") from None
    except InvalidTag:
        raise Unreadable(f"{place}: altered, or sealed for another place or by another key") from None


def _parts(stored: bytes, place: Place) -> tuple[bytes, bytes, bytes]:
    """Header, nonce, and the rest."""
    if not stored.startswith(VERSION) or len(stored) < _BODY + TAG_BYTES:
        raise Unreadable(f"{place}: not a sealed value")
    return stored[:HEADER_BYTES], stored[HEADER_BYTES:_BODY], stored[_BODY:]
