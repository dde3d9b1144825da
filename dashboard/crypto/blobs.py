"""Documents at rest: each is encrypted whole, with a data key of its own that encrypts nothing else.

Stored as `version (1) | nonce (12) | ciphertext and tag (16)`, AES-256-GCM. The data key rests in the
document's row, wrapped by the ring, so rotation rewrites 32 bytes a document and never a blob.
"""

from __future__ import annotations

from secrets import token_bytes
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dashboard.crypto.sealing import NONCE_BYTES, TAG_BYTES, VERSION, Unreadable
from dashboard.keyring import KEY_BYTES

_BODY: Final = len(VERSION) + NONCE_BYTES
_WHAT: Final = b"countersign document"


def encrypt_document(data: bytes) -> tuple[bytes, bytes]:
    """A fresh data key (32 bytes), and the blob that it opens."""
    data_key, nonce = token_bytes(KEY_BYTES), token_bytes(NONCE_BYTES)
    return data_key, VERSION + nonce + AESGCM(data_key).encrypt(nonce, data, VERSION + _WHAT)


def decrypt_document(blob: bytes, data_key: bytes) -> bytes:
    """The document of a blob.

    Raises:
        Unreadable: the blob was altered, or is another document's.
    """
    if not blob.startswith(VERSION) or len(blob) < _BODY + TAG_BYTES:
        raise Unreadable("not an encrypted document")
    try:
        return AESGCM(data_key).decrypt(blob[len(VERSION) : _BODY], blob[_BODY:], VERSION + _WHAT)
    except InvalidTag:
        raise Unreadable("a document was altered, or the key is another document's") from None
