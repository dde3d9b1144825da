"""The document folder: whole blobs or none, each checked when it is read."""

import resource
import signal
import stat
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from dashboard.gateways import BlobDamaged, BlobMissing, StoreUnavailable
from dashboard.gateways.folder import FolderStore

BLOB = b"already encrypted" * 1000
HASH = sha256(BLOB).hexdigest()
HALF = 8_000
ON_A_FULL_DISK = """
import sys
from hashlib import sha256
from pathlib import Path
from dashboard.gateways import StoreUnavailable
from dashboard.gateways.folder import FolderStore

blob = b"already encrypted" * 1000
try:
    FolderStore(Path(sys.argv[1])).put_once(sha256(blob).hexdigest(), blob)
except StoreUnavailable as error:
    print("refused:", error)
"""


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "documents")


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def only_file(folder: Path) -> Path:
    (path,) = files(folder)
    return path


def test_a_blob_reads_back(store: FolderStore):
    store.put_once(HASH, BLOB)

    assert store.open(HASH) == BLOB
    assert store.stat(HASH) == len(BLOB)


def test_a_blob_is_stored_once_under_its_hash(store: FolderStore, tmp_path: Path):
    store.put_once(HASH, BLOB)
    first = only_file(tmp_path).stat()
    store.put_once(HASH, BLOB)

    assert only_file(tmp_path).name == HASH
    assert only_file(tmp_path).stat().st_ino == first.st_ino


def test_only_the_program_may_look_into_the_folder(store: FolderStore, tmp_path: Path):
    store.put_once(HASH, BLOB)
    folder = tmp_path / "documents"

    for path in (folder, folder / HASH[:2]):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(folder).stat().st_mode) == 0o600


def test_a_blob_that_was_never_stored_is_missing(store: FolderStore):
    assert store.stat(HASH) is None
    with pytest.raises(BlobMissing, match=HASH):
        store.open(HASH)


def test_a_flipped_byte_is_seen_and_mended_by_storing_again(store: FolderStore, tmp_path: Path):
    store.put_once(HASH, BLOB)
    only_file(tmp_path).write_bytes(b"X" + BLOB[1:])

    with pytest.raises(BlobDamaged, match=HASH):
        store.open(HASH)
    store.put_once(HASH, BLOB)
    assert store.open(HASH) == BLOB


def test_a_blob_under_a_hash_that_is_not_its_own_is_refused(store: FolderStore, tmp_path: Path):
    with pytest.raises(ValueError, match="own SHA-256"):
        store.put_once("0" * 64, BLOB)
    assert files(tmp_path) == []


@pytest.mark.parametrize("odd", ["../../etc/passwd", "", HASH.upper(), HASH + "\n", "0" * 63])
def test_a_hash_that_is_no_hash_leads_nowhere(store: FolderStore, odd: str):
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        store.open(odd)


def test_a_folder_that_cannot_be_made_is_a_named_error(tmp_path: Path):
    (tmp_path / "documents").write_text("a file stands in the way")

    with pytest.raises(StoreUnavailable):
        FolderStore(tmp_path / "documents").put_once(HASH, BLOB)


def test_a_full_disk_is_a_named_error_and_leaves_no_half_file(tmp_path: Path):
    """A process that may write no more than half the blob stands for a disk with no more room."""
    result = subprocess.run(
        [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path / "documents")],
        preexec_fn=lambda: (
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
            resource.setrlimit(resource.RLIMIT_FSIZE, (HALF, HALF)),
        ),
        capture_output=True,
        text=True,
        check=True,
    )

    assert result.stdout == "refused: File too large\n"
    assert files(tmp_path) == []
