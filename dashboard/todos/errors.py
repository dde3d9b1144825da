"""The ways a todo says no. None of them holds a name: a page looks the person up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dashboard.errors import DomainError


class AlreadyClaimed(DomainError):
    """Somebody else holds the claim: `user_id` says who, `until` (UTC) how long."""

    code = "ALREADY_CLAIMED"

    def __init__(self, user_id: int, until: datetime) -> None:
        self.user_id = user_id
        self.until = until
        super().__init__(
            "Somebody else has claimed this todo. Take it over, with a reason, if it cannot wait."
        )


class TodoClosed(DomainError):
    """It is done or canceled."""

    code = "TODO_CLOSED"

    def __init__(self) -> None:
        super().__init__("This todo is closed. Reopen it first.")


class TodoOpen(DomainError):
    """It is open already, so there is nothing to reopen."""

    code = "TODO_OPEN"

    def __init__(self) -> None:
        super().__init__("This todo is open already.")


class NotReady(DomainError):
    """It cannot be completed yet; `blocks` are the sentences that say why."""

    status = 422
    code = "TODO_NOT_READY"

    def __init__(self, blocks: Sequence[str]) -> None:
        self.blocks = tuple(blocks)
        super().__init__(" ".join(blocks))


class NothingToClaim(DomainError):
    """Every open todo has an assignee."""

    code = "NOTHING_TO_CLAIM"

    def __init__(self) -> None:
        super().__init__("Nothing is left to claim: every open todo has an assignee.")
