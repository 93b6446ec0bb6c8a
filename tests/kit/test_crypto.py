"""Encryption: only the right key in the right place opens a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit.crypto import (
    CannotDecrypt,
    Keyring,
    decrypt,
    encrypt,
    encrypt_many,
    key_id_of,
    keyed_hash,
    keyed_hashes,
    new_token,
)

OLD, NEW = b"o" * 32, b"n" * 32
ring = Keyring({"2025": OLD, "2026": NEW}, "2026")


@given(st.binary(max_size=200), st.binary(max_size=40))
def test_a_value_opens_again_in_its_place(plain, place):
    blob = encrypt(ring, plain, place)
    assert decrypt(ring, blob, place) == plain
    assert key_id_of(blob) == "2026"
    assert encrypt(ring, plain, place) != blob


@given(st.binary(max_size=60), st.binary(max_size=20), st.data())
def test_any_changed_bit_is_noticed(plain, place, data):
    blob = bytearray(encrypt(ring, plain, place))
    at = data.draw(st.integers(0, len(blob) - 1))
    blob[at] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(CannotDecrypt):
        decrypt(ring, bytes(blob), place)


@given(st.binary(max_size=80))
def test_what_was_never_encrypted_does_not_open(blob):
    with pytest.raises(CannotDecrypt):
        decrypt(ring, blob, b"row")


def test_a_value_moved_to_another_row_does_not_open():
    with pytest.raises(CannotDecrypt):
        decrypt(ring, encrypt(ring, b"secret", b"row-1"), b"row-2")


def test_an_old_key_still_opens_after_rotation_and_a_removed_one_does_not():
    blob = encrypt(Keyring({"2025": OLD}, "2025"), b"secret", b"row")
    assert decrypt(ring, blob, b"row") == b"secret"
    with pytest.raises(CannotDecrypt):
        decrypt(Keyring({"2026": NEW}, "2026"), blob, b"row")


def test_a_ring_never_shows_its_keys():
    assert "oooo" not in repr(ring)
    assert ring.primary_key == NEW


@pytest.mark.parametrize(
    ("keys", "primary"),
    [({"a": OLD}, "b"), ({"a": b"short"}, "a"), ({"": OLD}, ""), ({"k" * 256: OLD}, "k" * 256)],
)
def test_a_ring_that_cannot_encrypt_is_refused(keys, primary):
    with pytest.raises(ValueError, match="key"):
        Keyring(keys, primary)


@pytest.mark.parametrize("name", ["k", "k" * 255])
def test_a_key_id_may_be_as_short_and_as_long_as_its_length_can_say(name):
    named = Keyring({name: OLD}, name)
    assert decrypt(named, encrypt(named, b"value", b"row"), b"row") == b"value"


def test_a_key_id_that_is_no_text_is_shown_and_breaks_nothing():
    blob = encrypt(ring, b"value", b"row")
    assert key_id_of(blob[:2] + b"\xff" * 4 + blob[6:]) == "\ufffd" * 4


def test_parts_of_a_hash_do_not_run_together():
    assert keyed_hash(OLD, b"a", b"bc") != keyed_hash(OLD, b"ab", b"c")
    assert keyed_hash(OLD, b"a") != keyed_hash(NEW, b"a")
    assert keyed_hash(OLD, b"a") == keyed_hash(OLD, b"a")
    assert len(keyed_hash(OLD)) == 32


def test_tokens_are_long_and_url_safe():
    token = new_token()
    assert len(token) == 32
    assert not set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert token != new_token()


@given(st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=16)), max_size=5))
def test_values_encrypted_together_open_each_in_its_own_place(rows):
    plain, places = [one for one, _ in rows], [place for _, place in rows]
    blobs = encrypt_many(ring, plain, places)
    assert [decrypt(ring, blob, place) for blob, place in zip(blobs, places, strict=True)] == plain
    assert len(set(blobs)) == len(blobs)


@given(st.binary(max_size=20), st.lists(st.binary(max_size=20), max_size=5))
def test_hashes_made_together_are_those_made_one_by_one(shared, each):
    assert keyed_hashes(OLD, shared, each=each) == [keyed_hash(OLD, shared, one) for one in each]
