"""Link tokens: derived, so they can be written again; found by their hash; worthless after a new version."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit.links import link_hash, link_token, looks_like_token

KEY, OTHER = b"k" * 32, b"o" * 32
ROW = UUID(int=7)


@given(st.uuids(), st.integers(1, 1000))
def test_a_token_is_the_same_each_time_and_looks_like_one(row, version):
    token = link_token(KEY, "gift", row, version)
    assert token == link_token(KEY, "gift", row, version)
    assert looks_like_token(token)


def test_key_purpose_row_and_version_each_make_another_token():
    tokens = {
        link_token(KEY, "gift", ROW),
        link_token(OTHER, "gift", ROW),
        link_token(KEY, "order", ROW),
        link_token(KEY, "gift", UUID(int=8)),
        link_token(KEY, "gift", ROW, 2),
    }
    assert len(tokens) == 5


@given(st.text())
def test_any_text_has_a_hash_that_depends_on_key_and_purpose(text):
    found = link_hash(KEY, "gift", text)
    assert len(found) == 32
    assert found == link_hash(KEY, "gift", text)
    assert found != link_hash(OTHER, "gift", text)
    assert found != link_hash(KEY, "order", text)


def test_what_can_not_be_a_token_is_not_looked_up():
    for text in ("", "a" * 31, "a" * 33, "ä" * 32, "a" * 31 + "/", "a" * 31 + " "):
        assert not looks_like_token(text)


def test_any_text_has_a_hash_even_what_no_address_can_hold():
    assert link_hash(KEY, "gift", "\ud800") != link_hash(KEY, "gift", "\ud801")
