"""docs/security.md lists every encrypted column, and none that is not (spec SEC-03)."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import LargeBinary

from dashboard import models
from dashboard.crypto import sealed_columns

DOCS = Path(__file__).parent.parent / "docs" / "security.md"
ROW = re.compile(r"^\| `(\w+\.\w+)` \| .+ \| (blind index)? ?\|$", re.MULTILINE)
HASHES = {
    "account_links.digest",
    "api_keys.digest",
    "client_links.digest",
    "failed_attempts.subject",
    "idempotent_answers.key_digest",
    "idempotent_answers.request_digest",
    "patient_tokens.token",
    "recovery_codes.digest",
    "user_sessions.digest",
}
TABLES = sorted(models.Document.registry.mappers, key=lambda mapper: mapper.local_table.name)


def listed() -> dict[str, bool]:
    """Column -> whether the list says that it is found by a blind index."""
    return {column: bool(index) for column, index in ROW.findall(DOCS.read_text())}


def sealed_in_code() -> list[str]:
    return [f"{each.table}.{each.column}" for mapper in TABLES for each in sealed_columns(mapper.class_)]


def test_the_list_of_encrypted_columns_is_that_of_the_code():
    assert list(listed()) == sealed_in_code()


def test_the_list_says_which_columns_have_a_blind_index():
    indexes = {
        f"{mapper.local_table.name}.{column.name.removesuffix('_index')}"
        for mapper in TABLES
        for column in mapper.local_table.columns
        if column.name.endswith("_index")
    }

    assert {column.removesuffix("_id") for column, found in listed().items() if found} == indexes


def test_every_other_binary_column_is_an_index_or_a_hash():
    binary = {
        f"{mapper.local_table.name}.{column.name}"
        for mapper in TABLES
        for column in mapper.local_table.columns
        if isinstance(column.type, LargeBinary) and not column.name.endswith("_index")
    }

    assert binary - set(sealed_in_code()) == HASHES
