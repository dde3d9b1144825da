"""The forms in which the API writes values: money as "2.00", times in UTC with Z, opaque references."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from dashboard import money
from dashboard.intake.values import is_storable

REFERENCE = r"^[0-9a-f]{32}$"
AMOUNT = r"^(0\.(0[1-9]|[1-9][0-9])|[1-9][0-9]{0,5}\.[0-9]{2})$"
MONEY = r"^-?(0|[1-9][0-9]{0,15})\.[0-9]{2}$"
TEXT = r"^[^\x00-\x20\x7f-\xa0][^\x00-\x1f\x7f-\x9f]*$"
EMAIL = r"^[A-Za-z0-9_%+-]{1,64}@[A-Za-z0-9-]{1,60}(\.[A-Za-z0-9-]{1,60}){0,2}\.[A-Za-z]{2,20}$"
DATE = (
    r"((19|20)[0-9]{2}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"
    r"|(19(0[48]|[2468][048]|[13579][26])|20([02468][048]|[13579][26]))-02-29)"
)
DAY = rf"^{DATE}$"
INSTANT = (
    rf"^{DATE}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{{1,6}})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$"
)


class Money(fields.Field[int]):
    """Whole cents inside, a string with two decimals outside."""

    def _serialize(self, value: int | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else money.plain(value)


class Amount(fields.Field[int]):
    """What is to be charged: more than nothing, two decimals, as a string."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch(AMOUNT, value):
            raise ValidationError('Write an amount above zero as text with two decimals, such as "25.00".')
        return money.cents(value)


class Instant(fields.Field[datetime]):
    """An instant with its offset; UTC inside and, with Z, outside."""

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else written(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> datetime:
        if not isinstance(value, str) or not re.fullmatch(INSTANT, value):
            raise ValidationError("Write an instant of 1900 to 2099, such as 2026-03-31T16:00:00Z.")
        return datetime.fromisoformat(value).astimezone(UTC)


def written(at: datetime) -> str:
    """An instant as the API writes it: UTC, with Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


class Day(fields.Field[date]):
    """A local day, such as 2026-03-31."""

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else value.isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(DAY, value):
            raise ValidationError("Write a day of 1900 to 2099, such as 2026-03-31.")
        return date.fromisoformat(value)


class Text(fields.Field[str]):
    """A text. Numbers are not taken for one."""

    def _serialize(self, value: str | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else str(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        if not isinstance(value, str) or not is_storable(value):
            raise ValidationError("Write a text, without NULs and half characters.")
        return value


def reference(what: str, *, required: bool = True, **metadata: Any) -> Text:
    """The opaque id of something."""
    told = {"description": f"The {what}'s id.", **metadata}
    checks = validate.Regexp(REFERENCE, error="An id is 32 hexadecimal digits.")
    return Text(required=required, validate=checks, metadata=told)


def line(limit: int, *, required: bool = False, **metadata: Any) -> Text:
    """One line of text, without control characters and without a space in front."""
    length = validate.Length(min=1, max=limit, error=f"Write 1 to {limit} characters.")
    plain = validate.Regexp(TEXT, error="Write one line, without control characters or a space in front.")
    return Text(required=required, validate=[length, plain], metadata=metadata)


def email(*, required: bool = False, **metadata: Any) -> Text:
    """An email address."""
    form = validate.Regexp(EMAIL, error="Write one email address, like name@example.com.")
    length = validate.Length(max=254, error="Write at most 254 characters.")
    return Text(required=required, validate=[form, length], metadata=metadata)


def choice(of: list[str], *, required: bool = False, **metadata: Any) -> Text:
    """One of a closed list."""
    known = validate.OneOf(of, error="Choose one of: {choices}.")
    return Text(required=required, validate=known, metadata=metadata)


def day(**metadata: Any) -> Text:
    """A local day as it was written; it is one that exists."""
    form = validate.Regexp(DAY, error="Write a day of 1900 to 2099, such as 2026-03-31.")
    return Text(validate=form, metadata={"format": "date", **metadata})
