"""The ways the business says no: expected, named, safe to show to the person who asked."""

from __future__ import annotations


class DomainError(Exception):
    """A rule was not met.

    `status` is the HTTP status that the web layer answers with, `code` a stable word for programs, and
    `field` the input to mend, where there is one. The text is shown to people: it never holds a name, an
    SSN or a date of birth.
    """

    status = 409
    code = "CONFLICT"
    field: str | None = None


class NotFound(DomainError):
    """There is no such thing here, or it belongs to somebody else: the two look alike on purpose."""

    status = 404
    code = "NOT_FOUND"

    def __init__(self, what: str = "page") -> None:
        super().__init__(f"There is no such {what} here.")


class AccessDenied(DomainError):
    """The person signed in lacks a permission."""

    status = 403
    code = "ACCESS_DENIED"

    def __init__(self, permission: str) -> None:
        self.permission = permission
        super().__init__(f"Your role does not include “{permission}”. Ask an administrator for it.")


class Invalid(DomainError):
    """A value cannot be accepted; `field` names it and the text says the way out."""

    status = 422
    code = "INVALID"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class StaleVersion(DomainError):
    """Somebody saved this record after the form was opened."""

    code = "STALE_VERSION"

    def __init__(self, what: str) -> None:
        super().__init__(
            f"Somebody else changed this {what} while you had it open. Compare, then save again."
        )
