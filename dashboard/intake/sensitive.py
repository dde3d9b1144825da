"""What of an intake may stand where more people look: without SSN and date of birth (FUL-03)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SSN_IN_TEXT = re.compile(r"(?<!\d)\d{3}[-\s.\u2010-\u2015]\d{2}[-\s.\u2010-\u2015]\d{4}(?!\d)")
REMOVED = "[removed]"
NAMES = ("ssn", "socialsecurity", "itin", "dob", "birth", "born")


def is_sensitive(key: str) -> bool:
    """Whether a field of this name holds an SSN or a date of birth, however it is spelled."""
    bare = re.sub(r"[^a-z]", "", key.casefold())
    return any(name in bare for name in NAMES)


def without_sensitive(value: Any) -> Any:
    """A copy of a JSON value without SSNs and dates of birth at any depth: fields go, SSNs in texts too."""
    if isinstance(value, Mapping):
        return {key: without_sensitive(each) for key, each in value.items() if not is_sensitive(key)}
    if isinstance(value, list | tuple):
        return [without_sensitive(each) for each in value]
    if isinstance(value, str):
        return SSN_IN_TEXT.sub(REMOVED, value)
    return value
