"""The document store in a local folder: one file a blob, named by its hash.

A blob is written beside its place, brought to the disk, then renamed into it: it is there whole or not at
all, whatever happens in between. It is encrypted before it comes here, so the file being written is, too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import mkstemp

from dashboard.gateways.roles import BlobDamaged, BlobMissing, StoreUnavailable

_HASH = re.compile(r"[0-9a-f]{64}")


class FolderStore:
    """Plays the role `Store` in a folder that only this program's user may enter."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_once(self, blob_hash: str, data: bytes) -> None:
        """Keep a blob under its hash. Harmless to repeat; a damaged copy is replaced.

        Raises:
            StoreUnavailable: the disk is full or refuses; nothing is left behind.
            ValueError: this is not the blob's hash.
        """
        if sha256(data).hexdigest() != blob_hash:
            raise ValueError("a blob is stored under its own SHA-256")
        path = self._path(blob_hash)
        with _translated_errors():
            if not _holds(path, blob_hash):
                self._make(path.parent)
                _write_whole(path, data)

    def open(self, blob_hash: str) -> bytes:
        """The blob, its SHA-256 checked.

        Raises:
            BlobMissing, BlobDamaged, StoreUnavailable
        """
        with _translated_errors():
            try:
                data = self._path(blob_hash).read_bytes()
            except FileNotFoundError:
                raise BlobMissing(blob_hash) from None
        if sha256(data).hexdigest() != blob_hash:
            raise BlobDamaged(blob_hash)
        return data

    def stat(self, blob_hash: str) -> int | None:
        """How many bytes are kept under this hash; None where there is no such blob.

        Raises:
            StoreUnavailable
        """
        with _translated_errors():
            try:
                return self._path(blob_hash).stat().st_size
            except FileNotFoundError:
                return None

    def _path(self, blob_hash: str) -> Path:
        if not _HASH.fullmatch(blob_hash):
            raise ValueError("a blob's hash is 64 hexadecimal digits")
        return self._folder / blob_hash[:2] / blob_hash

    def _make(self, shelf: Path) -> None:
        for folder in (self._folder, shelf):
            if not folder.is_dir():
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync(folder.parent)


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(error.strerror or type(error).__name__) from error


def _holds(path: Path, blob_hash: str) -> bool:
    return path.is_file() and sha256(path.read_bytes()).hexdigest() == blob_hash


def _write_whole(path: Path, data: bytes) -> None:
    descriptor, name = mkstemp(prefix=".new-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync(path.parent)


def _sync(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
