"""The key that signs seals, and the older ones that still vouch for theirs: one PEM file (docs/audit.md).

The file holds one private Ed25519 key, which signs, and any number of public keys, which only check.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

BLOCK = re.compile(r"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)


class BadSigningKey(ValueError):
    """The key file is missing, or holds something other than Ed25519 keys in PEM."""


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Known public keys by their id; `private` signs, and is missing where only checking is to be done."""

    public: Mapping[str, Ed25519PublicKey]
    private: Ed25519PrivateKey | None = None

    @property
    def key_id(self) -> str:
        """The id of the key that signs.

        Raises:
            BadSigningKey: there is none.
        """
        return key_id(self._signer.public_key())

    def sign(self, text: str) -> str:
        """The signature of a text, in base64.

        Raises:
            BadSigningKey: these keys can only check.
        """
        return base64.b64encode(self._signer.sign(text.encode())).decode()

    def vouches(self, name: str, text: str, signature: str) -> bool:
        """Whether the key of this id signed this text. An unknown id vouches for nothing."""
        if name not in self.public:
            return False
        try:
            self.public[name].verify(base64.b64decode(signature, validate=True), text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True

    def public_pem(self) -> str:
        """Every public key, the signing one first: what a later key file, or an offline check, needs."""
        return "".join(_pem(key) for key in self.public.values())

    @property
    def _signer(self) -> Ed25519PrivateKey:
        if self.private is None:
            raise BadSigningKey("There is no private key to sign with.")
        return self.private


def new_signing_key() -> str:
    """A fresh private key as PEM text, the content of a new SIGNING_KEY_FILE."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def read_keys(file: Path) -> SigningKeys:
    """The keys of a file.

    Raises:
        BadSigningKey: it cannot be read, holds no key, more than one private key, or another kind of key.
    """
    try:
        return keys_of(file.read_text("ascii"))
    except (OSError, UnicodeDecodeError) as error:
        raise BadSigningKey("The signing key file cannot be read.") from error


def keys_of(text: str) -> SigningKeys:
    """The keys of a PEM text.

    Raises:
        BadSigningKey: as `read_keys`.
    """
    blocks = [match.group().encode() for match in BLOCK.finditer(text)]
    try:
        private = [load_pem_private_key(block, None) for block in blocks if b"PRIVATE" in block]
        public = [load_pem_public_key(block) for block in blocks if b"PRIVATE" not in block]
    except (ValueError, TypeError) as error:
        raise BadSigningKey("The signing key file holds something that is not a key in PEM.") from error
    signers = [key for key in private if isinstance(key, Ed25519PrivateKey)]
    checkers = [key for key in public if isinstance(key, Ed25519PublicKey)]
    if len(signers) + len(checkers) != len(blocks) or not blocks or len(signers) > 1:
        raise BadSigningKey("A signing key file holds one private Ed25519 key and public ones of older keys.")
    known = _by_id([*(key.public_key() for key in signers), *checkers])
    return SigningKeys(known, signers[0] if signers else None)


def key_id(key: Ed25519PublicKey) -> str:
    """What a key is called: the first 16 hex digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def _by_id(keys: Iterable[Ed25519PublicKey]) -> dict[str, Ed25519PublicKey]:
    return {key_id(key): key for key in keys}


def _pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
