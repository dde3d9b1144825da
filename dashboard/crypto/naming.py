"""What names a patient, as keyed hashes: what the wall at the wire looks for, and what a search finds by.

The wall's tokens are the same for every office, since it meets a text without knowing whose it is. Those of a
search are an office's own, so that equal names of two offices cannot be told (spec SEC-03, PHI-02).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from itertools import combinations
from unicodedata import category, normalize

from dashboard.crypto.indexes import blind_index

MOST_WORDS = 6
PREFIX = 3
PHONE_DIGITS = 10


class TokenKind(StrEnum):
    """What a token stands for. `SEARCH` is an office's own, all others are the wall's."""

    NAME = "name"
    NAME_AND_BIRTH = "name_birth"
    MRN = "mrn"
    PHONE = "phone"
    EMAIL = "email"
    SEARCH = "search"


def tokens(
    *,
    office_id: int,
    name: str | None,
    date_of_birth: str | None,
    email: str | None,
    phone: str | None,
    mrn: str | None,
) -> set[tuple[TokenKind, bytes]]:
    """Every token of a patient with this identity, by kind; what is None has none."""
    words = name_words(name or "")
    told: set[tuple[TokenKind, bytes]] = {(TokenKind.NAME, pair_token(*pair)) for pair in _pairs(words)}
    if date_of_birth:
        told |= {(TokenKind.NAME_AND_BIRTH, birth_token(word, date_of_birth)) for word in words}
    told |= {(TokenKind.SEARCH, search_token(word, office_id)) for word in words}
    if mrn and mrn_form(mrn):
        told.add((TokenKind.MRN, mrn_token(mrn)))
    if phone and phone_form(phone):
        told.add((TokenKind.PHONE, phone_token(phone)))
    if email:
        told.add((TokenKind.EMAIL, email_token(email)))
    return told


def name_words(text: str) -> list[str]:
    """The words of a name without case, accents and punctuation; at most six."""
    plain = (char for char in normalize("NFKD", text.casefold()) if category(char) != "Mn")
    letters = "".join(char if char.isalpha() else "" if char in "'’" else " " for char in plain)
    return letters.split()[:MOST_WORDS]


def pair_token(one: str, other: str) -> bytes:
    """The token of two words of a name, in whichever order."""
    return _token(TokenKind.NAME, " ".join(sorted((one, other))))


def birth_token(word: str, born: str) -> bytes:
    """The token of one word of a name together with a date of birth (`2001-02-03`)."""
    return _token(TokenKind.NAME_AND_BIRTH, f"{word} {born}")


def mrn_token(mrn: str) -> bytes:
    return _token(TokenKind.MRN, mrn_form(mrn))


def phone_token(phone: str) -> bytes:
    return _token(TokenKind.PHONE, phone_form(phone))


def email_token(email: str) -> bytes:
    return _token(TokenKind.EMAIL, email)


def search_token(word: str, office_id: int) -> bytes:
    """The token by which an office finds names with a word that begins like this one."""
    return blind_index(word[:PREFIX], purpose="patients.name", scope=office_id)


def mrn_form(mrn: str) -> str:
    """A record number without separators."""
    return "".join(char for char in mrn if char.isalnum())


def phone_form(phone: str) -> str:
    """A phone number's last ten digits."""
    return re.sub(r"[^0-9]", "", phone)[-PHONE_DIGITS:]


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """Every two words of the name; a name of one word stands alone."""
    return iter([(words[0], "")]) if len(words) == 1 else combinations(words, 2)


def _token(kind: TokenKind, form: str) -> bytes:
    return blind_index(form, purpose=f"patient_tokens.{kind}")
