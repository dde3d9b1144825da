"""The ring of keys: how it is written, what is wrong with it, what it derives."""

from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.keyring import INDEX, BadKeys, KeyRing, Purpose, UnknownKey, new_entry, new_ring

ONE, TWO, THREE = (b64encode(bytes([n]) * 32).decode() for n in (1, 2, 3))
WRONG = {
    "": "entry 1 is not of the form id:key",
    f"k1:{ONE}": "no `index` entry",
    f"index:{ONE}": "no entry beside `index`",
    f"k1:{ONE},k1:{TWO},index:{THREE}": "key 'k1' is there twice",
    f"k1:{ONE},k2:{ONE},index:{THREE}": "keys 'k1' and 'k2' are the same key",
    f"k1:{ONE},index:{ONE}": "keys 'k1' and 'index' are the same key",
    f"k1:{ONE[:-4]},index:{THREE}": "key 'k1' has 30 bytes instead of 32",
    f"k1:,index:{THREE}": "key 'k1' has 0 bytes instead of 32",
    f"k1:sesame!,index:{THREE}": "key 'k1' is not base64",
    f"k1:schlüssel,index:{THREE}": "key 'k1' is not base64",
    f"{ONE},index:{THREE}": "entry 1 is not of the form id:key",
    f"{ONE}:k1,index:{THREE}": "entry 1: an id is 1 to 12 of a-z, 0-9 and -",
    f"k1:{ONE},index:{THREE},": "entry 3 is not of the form id:key",
}


def test_the_first_entry_seals_and_the_others_still_open():
    ring = KeyRing.parse(f"new:{ONE},old:{TWO},index:{THREE}")

    assert ring.active.id == "new"
    assert ring.ids == ("new", "old")
    assert ring.key("old").id == "old"


def test_the_index_key_may_stand_anywhere_and_never_seals():
    ring = KeyRing.parse(f"index:{THREE},new:{ONE}")

    assert (ring.active.id, ring.index.id) == ("new", INDEX)
    with pytest.raises(UnknownKey, match="no key 'index' on the ring"):
        ring.key(INDEX)


def test_a_file_holds_one_entry_a_line_and_may_say_why(tmp_path: Path):
    file = tmp_path / "keys"
    file.write_text(f"# made in spring\nk2:{ONE}\n\nk1:{TWO}\nindex:{THREE}\n")

    assert KeyRing.from_file(file).ids == ("k2", "k1")


def test_both_alphabets_of_base64_are_read():
    secret = b"\xfb\xff" * 16
    rings = [
        KeyRing.parse(f"k1:{encode(secret).decode()},index:{THREE}")
        for encode in (b64encode, urlsafe_b64encode)
    ]

    assert rings[0].active == rings[1].active


@pytest.mark.parametrize(("text", "complaint"), WRONG.items(), ids=WRONG.values())
def test_a_wrong_ring_names_the_entry_and_never_what_it_holds(text: str, complaint: str):
    with pytest.raises(BadKeys) as caught:
        KeyRing.parse(text)

    assert complaint in str(caught.value)
    assert not any(secret[:8] in str(caught.value) for secret in (ONE, TWO, THREE, "sesame", "schlüssel"))
    assert caught.value.__cause__ is None


def test_a_key_file_that_is_not_there_is_a_wrong_ring(tmp_path: Path):
    with pytest.raises(BadKeys, match=r"cannot be read \(FileNotFoundError\)"):
        KeyRing.from_file(tmp_path / "keys")


@given(st.text(max_size=80))
def test_whatever_is_written_it_is_a_ring_or_a_named_error(text: str):
    with pytest.raises(BadKeys):
        KeyRing.parse(text)


def test_each_purpose_of_each_key_has_a_subkey_of_its_own():
    ring = KeyRing.parse(new_ring())
    subkeys = [key.subkey(purpose) for key in (ring.active, ring.index) for purpose in Purpose]

    assert len(set(subkeys)) == len(subkeys)
    assert {len(subkey) for subkey in subkeys} == {32}


def test_subkeys_are_those_that_the_stored_values_were_sealed_with():
    active = KeyRing.parse(f"k1:{ONE},index:{THREE}").active

    assert (
        active.subkey(Purpose.FIELDS).hex()
        == "9f41e8304ba7033de57fd95e328cb526ab20f8c70f08d59d2f38812f1355015d"
    )


def test_a_ring_shows_ids_and_no_key():
    ring = KeyRing.parse(f"k1:{ONE},index:{THREE}")

    assert "k1" in repr(ring)
    assert ONE not in repr(ring)
    assert repr(ring.active.subkey(Purpose.FIELDS)) not in repr(ring)


def test_new_entries_are_random_and_make_a_ring():
    assert new_entry("k1") != new_entry("k1")
    assert KeyRing.parse(new_ring("k9")).active.id == "k9"
