"""Blind indexes: finding an encrypted value without storing it."""

from __future__ import annotations

import hmac
from unicodedata import normalize

from dashboard import keyring
from dashboard.keyring import Purpose


def blind_index(value: str, *, purpose: str, scope: str | int | None = None, fold: bool = True) -> bytes:
    """32 bytes by which an encrypted value is found: equal in one purpose and scope, equal indexes.

    `purpose` names the column ("users.email"), `scope` the office of a patient field, so that equal values
    of two columns or offices cannot be told. Spellings that `normal` makes one have one index; with
    `fold=False` (ids given by others) letter case counts. The key does not rotate: see `dashboard.keyring`.
    """
    key = keyring.ring().index.subkey(Purpose.INDEXES)
    said = "\0".join((purpose, "" if scope is None else str(scope), normal(value, fold=fold)))
    return hmac.digest(key, said.encode("utf-8", "surrogatepass"), "sha256")


def normal(value: str, *, fold: bool = True) -> str:
    """The form in which two spellings of a value are one: Unicode NFKC, no spaces around, casefolded."""
    form = normalize("NFKC", value).strip()
    return normalize("NFKC", form.casefold()).strip() if fold else form
