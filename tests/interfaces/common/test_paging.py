"""Lists by cursor: every row once, in order, at most a hundred, and no cursor that breaks anything."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from giftwell.foundation.identity.models import User
from giftwell.interfaces.common.paging import (
    CursorIsInvalid,
    LimitIsInvalid,
    decode_cursor,
    encode_cursor,
    page_of,
    read_limit,
)
from giftwell.kit.ids import new_id

START = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_hold_every_row_once_and_in_order_even_at_one_moment(limit):
    # Four moments for ten rows, so that ids have to break ties across the edges of pages.
    User.objects.bulk_create(
        User(email=f"p{n}@example.com", created_at=START + timedelta(seconds=n // 3)) for n in range(10)
    )
    seen, cursor = [], None
    while True:
        page = page_of(User.objects.all(), cursor=cursor, limit=limit)
        assert len(page.rows) <= limit
        seen += page.rows
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert seen == list(User.objects.order_by("-created_at", "-id"))
    assert len({user.pk for user in seen}) == 10


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [0, -1, 101, 10**9])
def test_a_page_is_never_larger_than_a_hundred(limit):
    with pytest.raises(LimitIsInvalid):
        page_of(User.objects.all(), limit=limit)


@pytest.mark.parametrize("text", ["0", "101", "-1", "1.5", "1e2", "٣", "ten", "1" * 400, " 5", "+5"])
def test_a_limit_is_a_plain_whole_number(text):
    with pytest.raises(LimitIsInvalid):
        read_limit(text)


def test_a_missing_limit_is_the_usual_one():
    assert read_limit(None) == read_limit("") == 25
    assert read_limit("100") == 100


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2200, 1, 1)), st.uuids())
def test_a_cursor_comes_back_as_it_was(moment: datetime, row_id: UUID):
    at = moment.replace(tzinfo=UTC)
    assert decode_cursor(encode_cursor(at, row_id)) == (at, row_id)


@given(st.one_of(st.text(max_size=80), st.binary(max_size=40).map(lambda raw: raw.hex())))
def test_a_made_up_cursor_is_refused_and_nothing_worse(text: str):
    try:
        at, row_id = decode_cursor(text)
    except CursorIsInvalid:
        return
    assert encode_cursor(at, row_id) == text


@pytest.mark.parametrize("moment", [-(2**63), 2**63 - 1])
def test_a_cursor_of_an_impossible_moment_is_refused(moment):
    import base64
    import struct

    text = base64.urlsafe_b64encode(struct.pack(">q16s", moment, new_id().bytes)).decode()
    with pytest.raises(CursorIsInvalid):
        decode_cursor(text)
