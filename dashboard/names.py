"""Names of people from columns alone: opened once, since a list names the same few on every page."""

from __future__ import annotations

from functools import lru_cache

from dashboard.crypto import Place
from dashboard.models import User

MOST_KEPT = 1024


@lru_cache(MOST_KEPT)
def name_of(ref: str, sealed: bytes | None) -> str | None:
    """The name of the user `ref`, from `users.name` as it is stored. Another name is other bytes.

    Raises:
        Unreadable: it does not open.
    """
    return None if sealed is None else User.name.opened(sealed, Place("users", "name", ref)).decode()
