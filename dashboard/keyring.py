"""The keys that seal columns and documents (spec SEC-03), read once when the program starts.

A ring is written `id:key[,id:key...]`, or one entry a line in a file; a key is 32 random bytes in base64.
The first entry is *active*: it seals whatever is written from now on. The others only open what they sealed
earlier.

The entry named `index` is apart: it keys the blind indexes and seals nothing. Look-ups and unique
constraints compare index values with one another, so all of them must come from one key for as long as they
live. Were that key one of the rotating ones, its retirement would hide every account from its owner; so
rotation leaves it alone.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from secrets import token_bytes
from typing import Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES: Final = 32
INDEX: Final = "index"
ID_LENGTH: Final = 12
_ID = re.compile(rf"[a-z0-9-]{{1,{ID_LENGTH}}}")


class BadKeys(ValueError):
    """The ring cannot be used. Says which entry and what is wrong with it, never what it holds."""


class NoKeys(RuntimeError):
    """A sealed value was touched before the program was given its ring."""


class UnknownKey(LookupError):
    """No key of this id is on the ring."""


class Purpose(StrEnum):
    """What a key is used for; each purpose has a subkey of its own."""

    FIELDS = "fields"
    DOCUMENTS = "documents"
    INDEXES = "indexes"


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of the ring. Holds the derived subkeys only; the secret itself is not kept."""

    id: str
    _subkeys: Mapping[Purpose, bytes] = field(repr=False)

    @classmethod
    def of(cls, key_id: str, secret: bytes) -> Self:
        """The key of these 32 bytes."""
        return cls(key_id, {purpose: _derived(secret, purpose) for purpose in Purpose})

    def subkey(self, purpose: Purpose) -> bytes:
        """32 bytes that serve this purpose and tell nothing about the others."""
        return self._subkeys[purpose]


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Every key that may be needed to read what is stored, and the one that seals from now on."""

    active: Key
    index: Key
    _keys: Mapping[str, Key] = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The ring written as `id:key[,id:key...]`.

        Raises:
            BadKeys: an entry is malformed or there twice, or no sealing key or no `index` key is among them.
        """
        return cls._of(text.split(","))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        """The ring in a file, one entry a line; empty lines and lines starting with `#` are passed over.

        Raises:
            BadKeys: as for `parse`, or the file cannot be read.
        """
        try:
            lines = path.read_text("ascii").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadKeys(f"the key file cannot be read ({type(error).__name__})") from None
        return cls._of(line for line in lines if line.strip() and not line.startswith("#"))

    @classmethod
    def _of(cls, entries: Iterable[str]) -> Self:
        secrets = dict(_distinct(_entry(place, text) for place, text in enumerate(entries, 1)))
        keys = {key_id: Key.of(key_id, secret) for key_id, secret in secrets.items()}
        index = keys.pop(INDEX, None)
        if index is None:
            raise BadKeys("there is no `index` entry, which the blind indexes need")
        if not keys:
            raise BadKeys("there is no entry beside `index`, so nothing could be sealed")
        return cls(next(iter(keys.values())), index, keys)

    def key(self, key_id: str) -> Key:
        """The sealing key of this id.

        Raises:
            UnknownKey: it is not on the ring.
        """
        try:
            return self._keys[key_id]
        except KeyError:
            raise UnknownKey(f"no key {key_id!r} on the ring") from None

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the sealing keys, the active one first."""
        return tuple(self._keys)


def new_entry(key_id: str) -> str:
    """A fresh random key, as an entry of a ring."""
    return f"{key_id}:{b64encode(token_bytes(KEY_BYTES)).decode()}"


def new_ring(key_id: str = "k1") -> str:
    """A whole fresh ring as text: one sealing key, and the key of the blind indexes."""
    return f"{new_entry(key_id)},{new_entry(INDEX)}"


_current: KeyRing | None = None


def use(ring: KeyRing | None) -> KeyRing | None:
    """Make this the process's ring, and hand back the one before.

    It is held by the module, not by the app: a sealed attribute is reached through its row alone, in threads
    and commands too, and a process never has two sets of keys.
    """
    global _current
    before, _current = _current, ring
    return before


def ring() -> KeyRing:
    """The process's ring.

    Raises:
        NoKeys: none was given.
    """
    if _current is None:
        raise NoKeys("call keyring.use(...) before touching sealed values; create_app does")
    return _current


def _entry(place: int, text: str) -> tuple[str, bytes]:
    """Id and secret of one entry. An id that is malformed is not repeated: it may be the secret."""
    key_id, colon, secret = text.strip().partition(":")
    if not colon:
        raise BadKeys(f"entry {place} is not of the form id:key")
    if not _ID.fullmatch(key_id):
        raise BadKeys(f"entry {place}: an id is 1 to {ID_LENGTH} of a-z, 0-9 and -")
    return key_id, _secret(key_id, secret.strip())


def _secret(key_id: str, text: str) -> bytes:
    try:
        secret = b64decode(text.translate(str.maketrans("-_", "+/")), validate=True)
    except (NotBase64, ValueError):
        raise BadKeys(f"key {key_id!r} is not base64") from None
    if len(secret) != KEY_BYTES:
        raise BadKeys(f"key {key_id!r} has {len(secret)} bytes instead of {KEY_BYTES}")
    return secret


def _distinct(entries: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes]]:
    ids: set[str] = set()
    owners: dict[bytes, str] = {}
    for key_id, secret in entries:
        if key_id in ids:
            raise BadKeys(f"key {key_id!r} is there twice")
        if secret in owners:
            raise BadKeys(f"keys {owners[secret]!r} and {key_id!r} are the same key")
        ids.add(key_id)
        owners[secret] = key_id
        yield key_id, secret


def _derived(secret: bytes, purpose: Purpose) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"countersign/1/{purpose}".encode()).derive(secret)


def load(text: str | None, path: Path | None) -> None:
    """Use the ring that the settings name: in the environment, else in a file. Neither: no ring.

    Raises:
        BadKeys: as for `KeyRing.parse` and `KeyRing.from_file`.
    """
    if text:
        use(KeyRing.parse(text))
    elif path:
        use(KeyRing.from_file(path))
