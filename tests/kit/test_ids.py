"""Ids: one spelling each, and nothing else is accepted."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.kit.ids import UnknownId, new_id, parse_id, public_id


@given(st.uuids())
def test_a_public_id_reads_back_as_its_uuid(value):
    text = public_id("card", value)
    assert len(text) == len("card_") + 26
    assert parse_id("card", text) == value


@given(st.uuids(), st.uuids())
def test_public_ids_sort_as_their_uuids_do(one, other):
    assert (public_id("evt", one) < public_id("evt", other)) == (one < other)


@given(st.uuids())
def test_only_one_spelling_of_an_id_is_accepted(value):
    text = public_id("card", value)
    for wrong in (
        text.upper(),
        text + "0",
        text[:-1],
        text.replace("card_", "ord_"),
        " " + text,
        text + "\n",
    ):
        with pytest.raises(UnknownId):
            parse_id("card", wrong)


@given(st.text())
def test_any_other_text_is_an_unknown_id(text):
    with pytest.raises(UnknownId):
        parse_id("card", text)
    with pytest.raises(UnknownId):
        parse_id("card", "card_" + text[:26])


def test_bits_beyond_the_uuid_are_refused():
    with pytest.raises(UnknownId):
        parse_id("card", "card_8" + "0" * 25)
    with pytest.raises(UnknownId):
        parse_id("card", "card_" + "i" * 26)
    with pytest.raises(UnknownId):
        parse_id("card", "card_" + "٣" * 26)


def test_new_ids_are_time_ordered_uuid7():
    ids = [new_id() for _ in range(100)]
    assert all(type(value) is uuid.UUID and value.version == 7 for value in ids)
    assert [value.int >> 80 for value in ids] == sorted(value.int >> 80 for value in ids)
    assert len(set(ids)) == 100
