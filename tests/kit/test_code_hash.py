"""One function says what a code is looked up by, at every door."""

import uuid

import pytest

from giftwell.kit import codes
from giftwell.kit.code_hash import code_hash
from giftwell.kit.crypto import keyed_hash

KEY = b"k" * 32
HERE, THERE = uuid.uuid4(), uuid.uuid4()


def test_our_code_is_read_as_people_write_it():
    code = codes.new_code()
    written = codes.display(code).lower().replace("0", "o").replace("1", "l")
    assert code_hash(KEY, HERE, written) == code_hash(KEY, HERE, code) is not None


def test_an_imported_code_keeps_each_sign_and_loses_case_and_gaps():
    assert code_hash(KEY, HERE, "old-1234 gold") == code_hash(KEY, HERE, "OLD1234GOLD") is not None
    assert code_hash(KEY, HERE, "OLD1234GOLD") != code_hash(KEY, HERE, "0LD1234G0LD")


def test_the_same_code_at_two_merchants_has_two_hashes():
    for code in (codes.new_code(), "12345678"):
        assert code_hash(KEY, HERE, code) != code_hash(KEY, THERE, code)


@pytest.mark.parametrize(
    "text", ["", "1234567", "A" * 41, "ÄÖÜ12345678", "1234_5678", "12345678\x00", "ß" * 9]
)
def test_what_no_system_would_call_a_code_has_no_hash(text):
    assert code_hash(KEY, HERE, text) is None


def test_a_code_of_ours_with_a_wrong_sign_is_another_code():
    code = codes.new_code()
    wrong = code[:3] + ("2" if code[3] != "2" else "3") + code[4:]
    assert code_hash(KEY, HERE, wrong) != code_hash(KEY, HERE, code)


def test_the_hash_hangs_on_the_secret_and_on_the_code():
    for code in (codes.new_code(), "12345678"):
        assert code_hash(KEY, HERE, code) != code_hash(b"o" * 32, HERE, code)
    assert code_hash(KEY, HERE, codes.new_code()) != code_hash(KEY, HERE, codes.new_code())
    assert code_hash(KEY, HERE, "12345678") != code_hash(KEY, HERE, "12345679")


def test_an_imported_code_is_hashed_with_the_mark_of_its_scheme():
    assert code_hash(KEY, HERE, "12345678") == keyed_hash(KEY, HERE.bytes, b"imported", b"12345678")
