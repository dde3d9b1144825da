"""Link tokens: what the bearer holds and what we keep."""

from hashlib import sha256

from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.tokens import digest, new_token

ODD_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


def test_only_the_hash_of_a_token_need_be_kept():
    token = new_token()

    assert token.digest == digest(token.raw) == sha256(token.raw.encode()).digest()


def test_a_token_has_256_bits_and_fits_into_a_url():
    raws = {new_token().raw for _ in range(200)}

    assert len(raws) == 200
    assert all(len(raw) == 43 and raw.replace("-", "").replace("_", "").isalnum() for raw in raws)


def test_a_token_in_a_log_line_cannot_be_used():
    token = new_token()

    assert token.raw not in f"{token!r} {token}"


@given(ODD_TEXT)
@example("\ud800")
@example("\0" * 5000)
def test_odd_tokens_have_a_digest_and_find_nothing(raw: str):
    assert len(digest(raw)) == 32
