"""Sealed values open in their own place and nowhere else (spec SEC-03)."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dashboard import keyring
from dashboard.crypto import (
    NoReference,
    Place,
    Unreadable,
    blind_index,
    decrypt_document,
    encrypt_document,
    key_id_of,
    normal,
    open_bytes,
    seal_bytes,
    sealed,
    sealed_columns,
    sealed_json,
)
from dashboard.keyring import KeyRing, Purpose, new_entry

K1, K2, INDEX = new_entry("k1"), new_entry("k2"), new_entry("index")
OLD, BOTH, NEW = (KeyRing.parse(text) for text in (f"{K1},{INDEX}", f"{K2},{K1},{INDEX}", f"{K2},{INDEX}"))
HERE = Place("people", "name", "a" * 32)
ELSEWHERE = [
    Place("others", "name", "a" * 32),
    Place("people", "note", "a" * 32),
    Place("people", "name", "b" * 32),
]
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class Base(DeclarativeBase):
    pass


class Noted:
    _note: Mapped[bytes | None] = mapped_column("note")
    note = sealed("_note")


class Person(Noted, Base):
    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    ref: Mapped[str]
    _name: Mapped[bytes] = mapped_column("name")
    name = sealed("_name", required=True)
    _answers: Mapped[bytes | None] = mapped_column("answers")
    answers = sealed_json("_answers")


@pytest.fixture(autouse=True)
def _ring() -> Iterator[None]:
    before = keyring.use(OLD)
    yield
    keyring.use(before)


def person(ref: str = "a" * 32, **values: Any) -> Person:
    return Person(ref=ref, **values)


@given(st.binary())
def test_what_is_sealed_opens_in_its_own_place(value: bytes):
    assert open_bytes(seal_bytes(value, HERE), HERE) == value


@pytest.mark.parametrize("elsewhere", ELSEWHERE, ids=["other table", "other column", "other row"])
def test_a_value_moved_elsewhere_does_not_open(elsewhere: Place):
    stored = seal_bytes(b"Ann", HERE)

    with pytest.raises(Unreadable):
        open_bytes(stored, elsewhere)


@given(st.data())
def test_any_flipped_bit_is_refused_without_telling_the_value(data: st.DataObject):
    stored = bytearray(seal_bytes(b"a secret", HERE))
    at = data.draw(st.integers(0, len(stored) - 1))
    stored[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(Unreadable, match=r"^people\.name: ") as caught:
        open_bytes(bytes(stored), HERE)
    assert "secret" not in str(caught.value)


@given(st.binary(max_size=60))
def test_bytes_that_were_never_sealed_are_a_named_error(stored: bytes):
    with pytest.raises(Unreadable):
        open_bytes(stored, HERE)


def test_a_value_cut_short_is_refused():
    stored = seal_bytes(b"Ann", HERE)

    for length in range(len(stored)):
        with pytest.raises(Unreadable):
            open_bytes(stored[:length], HERE)


def test_sealing_twice_shows_nothing_in_common():
    first, second = seal_bytes(b"Ann", HERE), seal_bytes(b"Ann", HERE)

    assert first[13:] != second[13:]
    assert b"Ann" not in first


def test_a_subkey_of_another_purpose_does_not_open():
    stored = seal_bytes(b"Ann", HERE, purpose=Purpose.DOCUMENTS)

    with pytest.raises(Unreadable):
        open_bytes(stored, HERE)


def test_an_older_key_opens_and_the_active_one_seals():
    before = seal_bytes(b"Ann", HERE)
    keyring.use(BOTH)

    assert open_bytes(before, HERE) == b"Ann"
    assert (key_id_of(before), key_id_of(seal_bytes(b"Ann", HERE))) == ("k1", "k2")


def test_a_retired_key_is_named():
    stored = seal_bytes(b"Ann", HERE)
    keyring.use(NEW)

    with pytest.raises(Unreadable, match=r"people\.name: no key 'k1' on the ring"):
        open_bytes(stored, HERE)


@given(st.text(st.characters(codec="utf-8")))
def test_a_sealed_text_reads_back(text: str):
    somebody = person(name=text)

    assert somebody.name == text
    assert text.encode() not in somebody._name or len(text) < 4


@given(JSON_VALUES)
def test_a_sealed_json_value_reads_back(value: Any):
    assert person(answers=value).answers == value


def test_none_stays_none():
    somebody = person(note="x")
    somebody.note = None

    assert somebody.note is None
    assert somebody._note is None
    assert person().answers is None


def test_a_required_attribute_refuses_none():
    with pytest.raises(TypeError, match=r"Person\.name cannot be None"):
        person(name=None)


def test_only_text_goes_into_a_sealed_text():
    with pytest.raises(TypeError, match="cannot hold a int"):
        person(name=900112233)


def test_swapping_two_rows_values_is_refused():
    ann, bob = person("a" * 32, name="Ann"), person("b" * 32, name="Bob")
    ann._name, bob._name = bob._name, ann._name

    with pytest.raises(Unreadable):
        _ = ann.name
    with pytest.raises(Unreadable):
        _ = bob.name


def test_swapping_two_columns_of_a_row_is_refused():
    ann = person(name="Ann", note="a note")
    ann._name, ann._note = ann._note, ann._name

    with pytest.raises(Unreadable):
        _ = ann.name


def test_a_row_without_a_reference_cannot_be_sealed():
    with pytest.raises(NoReference, match="Person needs its `ref` before name can be sealed"):
        Person(name="Ann")


def test_a_change_of_key_is_seen_by_rows_already_loaded():
    somebody = person(name="Ann")
    keyring.use(NEW)

    with pytest.raises(Unreadable):
        _ = somebody.name


def test_a_model_lists_its_sealed_columns_and_its_mixins():
    found = [(each.table, each.column, each.name) for each in sealed_columns(Person)]

    assert found == [("people", "answers", "answers"), ("people", "name", "name"), ("people", "note", "note")]
    assert Person.name.column == "_name"


def test_a_sealed_column_cannot_be_searched_by_mistake():
    with pytest.raises(TypeError, match="blind index"):
        _ = Person.name == "Ann"


def test_resealing_moves_a_value_under_the_active_key():
    somebody = person(name="Ann")
    keyring.use(BOTH)
    name = next(each for each in sealed_columns(Person) if each.name == "name")

    somebody._name = name.resealed(somebody._name, somebody.ref)

    keyring.use(NEW)
    assert somebody.name == "Ann"


@given(st.text())
def test_spellings_of_one_value_share_an_index(text: str):
    assert normal(normal(text)) == normal(text)
    assert blind_index(f" {text}\n", purpose="p") == blind_index(text, purpose="p")


def test_an_email_is_found_in_any_case_and_width():
    spellings = ("ann@example.test", " Ann@Example.TEST ", "\uff41nn@example.test")

    assert len({blind_index(each, purpose="users.email") for each in spellings}) == 1


def test_the_case_of_an_outside_id_counts():
    assert blind_index("sub_aB", purpose="s", fold=False) != blind_index("sub_ab", purpose="s", fold=False)


def test_indexes_of_two_purposes_or_offices_cannot_be_compared():
    asked = [("users.email", None), ("offices.email", None), ("patients.name", 1), ("patients.name", 12)]

    assert len({blind_index("ann", purpose=purpose, scope=scope) for purpose, scope in asked}) == len(asked)


def test_an_index_outlives_every_sealing_key():
    before = blind_index("ann@example.test", purpose="users.email")
    keyring.use(NEW)

    assert blind_index("ann@example.test", purpose="users.email") == before


@given(st.binary())
def test_a_document_opens_with_its_own_key(data: bytes):
    data_key, blob = encrypt_document(data)

    assert decrypt_document(blob, data_key) == data
    with pytest.raises(Unreadable):
        decrypt_document(blob, encrypt_document(data)[0])


@given(st.data())
def test_a_document_with_a_flipped_bit_is_refused(data: st.DataObject):
    data_key, blob = encrypt_document(b"%PDF-1.7")
    at = data.draw(st.integers(0, len(blob) - 1))
    altered = blob[:at] + bytes([blob[at] ^ 1 << data.draw(st.integers(0, 7))]) + blob[at + 1 :]

    with pytest.raises(Unreadable):
        decrypt_document(altered, data_key)


def test_a_process_without_a_ring_says_so():
    keyring.use(None)

    with pytest.raises(keyring.NoKeys, match="create_app"):
        seal_bytes(b"Ann", HERE)
