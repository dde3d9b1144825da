"""Sealed attributes: descriptors over a binary column, because a column type never sees the row it is in."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Literal, NoReturn, Self, TypeVar, overload

from dashboard.crypto.sealing import NoReference, Place, open_bytes, seal_bytes
from dashboard.keyring import Purpose

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Form:
    """How a value becomes bytes, and bytes a value."""

    encoded: Callable[[Any], bytes]
    decoded: Callable[[bytes], Any]


def _text_bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"a sealed text cannot hold a {type(value).__name__}")
    return value.encode()


def _json_bytes(value: Any) -> bytes:
    return json.dumps(value, allow_nan=False, separators=(",", ":")).encode()


TEXT: Final = Form(_text_bytes, bytes.decode)
JSON: Final = Form(_json_bytes, json.loads)
RAW: Final = Form(bytes, bytes)


class Sealed(Generic[T]):
    """Sealed when set, opened on each access; None is stored as NULL.

    On the class it is the descriptor itself; `column` is the name of the mapped attribute that holds the
    bytes.
    """

    def __init__(
        self, column: str, form: Form, *, required: bool = False, purpose: Purpose = Purpose.FIELDS
    ) -> None:
        self.column = column
        self.required = required
        self.purpose = purpose
        self._form = form
        self._name = column

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, row: None, owner: type) -> Self: ...
    @overload
    def __get__(self, row: object, owner: type) -> T: ...
    def __get__(self, row: object | None, owner: type) -> Any:
        if row is None:
            return self
        stored: bytes | None = getattr(row, self.column)
        return None if stored is None else self._form.decoded(self.opened(stored, self._place(row)))

    def __set__(self, row: object, value: T) -> None:
        if value is None and self.required:
            raise TypeError(f"{type(row).__name__}.{self._name} cannot be None")
        stored = None if value is None else self.sealed(self._form.encoded(value), self._place(row))
        setattr(row, self.column, stored)

    def __eq__(self, other: object) -> NoReturn:
        raise TypeError(f"{self._name} is sealed and compares with nothing: look it up by its blind index")

    __hash__ = object.__hash__

    def sealed(self, value: bytes, place: Place) -> bytes:
        """Encoded bytes, sealed for this place under the active key."""
        return seal_bytes(value, place, purpose=self.purpose)

    def opened(self, stored: bytes, place: Place) -> bytes:
        """The encoded bytes of a stored value.

        Raises:
            Unreadable: it does not open here.
        """
        return open_bytes(stored, place, purpose=self.purpose)

    def _place(self, row: Any) -> Place:
        ref: str | None = getattr(row, "ref", None)
        if not ref:
            raise NoReference(f"{type(row).__name__} needs its `ref` before {self._name} can be sealed")
        return Place(*_table_and_column(type(row), self.column), ref)


@overload
def sealed(column: str, *, required: Literal[True]) -> Sealed[str]: ...
@overload
def sealed(column: str) -> Sealed[str | None]: ...
def sealed(column: str, *, required: bool = False) -> Sealed[Any]:
    """A sealed text over the mapped attribute `column`. A required one refuses None."""
    return Sealed(column, TEXT, required=required)


def sealed_json(column: str) -> Sealed[Any]:
    """A sealed JSON value. Each access gives a fresh copy: a change is kept by assigning it."""
    return Sealed(column, JSON)


def sealed_document_key(column: str) -> Sealed[bytes]:
    """The data key of a document, wrapped by the ring."""
    return Sealed(column, RAW, required=True, purpose=Purpose.DOCUMENTS)


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed column of one model: names of its table, column and attribute, and the attribute itself."""

    table: str
    column: str
    name: str
    attribute: Sealed[Any]

    def resealed(self, stored: bytes, ref: str) -> bytes:
        """The same value of the row `ref`, under the active key.

        Raises:
            Unreadable: the stored value does not open.
        """
        place = Place(self.table, self.column, ref)
        return self.attribute.sealed(self.attribute.opened(stored, place), place)


def sealed_columns(model: type) -> list[SealedColumn]:
    """Every sealed column of a mapped class, its mixins' too, by column name."""
    members = {name: value for cls in reversed(model.__mro__) for name, value in vars(cls).items()}
    found = [
        SealedColumn(*_table_and_column(model, value.column), name, value)
        for name, value in members.items()
        if isinstance(value, Sealed)
    ]
    return sorted(found, key=lambda each: each.column)


def _table_and_column(model: Any, attribute: str) -> tuple[str, str]:
    return model.__tablename__, model.__mapper__.attrs[attribute].columns[0].name
