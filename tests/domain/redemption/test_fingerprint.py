"""Fingerprints: equal requests are equal, and of unequal ones the differing fields can be named."""

from uuid import UUID

import pytest

from giftwell.domain.redemption.fingerprint import FIELDS, differing_fields, fingerprint

KEY = b"k" * 32
BODY: dict[str, object] = {
    "code": b"\1" * 32,
    "amount_minor": 1_000,
    "currency": "EUR",
    "location": UUID(int=5),
    "reference": "",
    "allow_partial": False,
    "expires_in_seconds": 60,
    "authorization": UUID(int=6),
    "redemption": UUID(int=7),
    "card": UUID(int=9),
    "tip_minor": 0,
    "final": True,
}
OTHER: dict[str, object] = {
    "code": None,
    "amount_minor": None,
    "currency": "USD",
    "location": None,
    "reference": "x",
    "allow_partial": True,
    "expires_in_seconds": 61,
    "authorization": UUID(int=8),
    "redemption": UUID(int=8),
    "card": None,
    "tip_minor": 1,
    "final": False,
}


@pytest.mark.parametrize(
    ("operation", "field"), [(op, field) for op, fields in FIELDS.items() for field in fields]
)
def test_each_field_that_differs_is_named(operation: str, field: str) -> None:
    mine = fingerprint(KEY, operation, BODY)
    theirs = fingerprint(KEY, operation, {**BODY, field: OTHER[field]})
    assert differing_fields(operation, mine, theirs) == [field]
    assert differing_fields(operation, mine, mine) == []


@pytest.mark.parametrize("operation", FIELDS)
def test_a_key_that_did_something_else_says_so_and_no_more(operation: str) -> None:
    for other in set(FIELDS) - {operation}:
        mine, theirs = fingerprint(KEY, operation, BODY), fingerprint(KEY, other, BODY)
        assert differing_fields(operation, mine, theirs) == ["operation"]
    assert differing_fields(operation, fingerprint(KEY, operation, BODY), b"") == ["operation"]


def test_a_field_that_came_later_changes_nothing_for_a_request_without_it() -> None:
    """What was remembered before tips existed still is the same request."""
    before = {name: BODY[name] for name in ("authorization", "amount_minor")}
    assert fingerprint(KEY, "capture", before) == fingerprint(KEY, "capture", BODY)
    assert len(fingerprint(KEY, "capture", before)) == 12
    part = fingerprint(KEY, "capture", {**before, "final": False})
    assert differing_fields("capture", part, fingerprint(KEY, "capture", before)) == ["final"]
    tipped = fingerprint(KEY, "capture", {**before, "tip_minor": 5, "amount_minor": 7})
    assert differing_fields("capture", tipped, part) == ["amount_minor", "tip_minor", "final"]


def test_values_of_two_types_are_never_the_same() -> None:
    values: list[object] = [None, 1, True, "1", b"1", UUID(int=1), "", b"", False, 0]
    marks = {fingerprint(KEY, "void", {"authorization": value}) for value in values}
    assert len(marks) == len(values)


def test_it_tells_nothing_without_the_key() -> None:
    assert fingerprint(KEY, "void", BODY) != fingerprint(b"other", "void", BODY)
    assert len(fingerprint(KEY, "redeem", BODY)) == 28


def test_what_cannot_be_told_apart_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        fingerprint(KEY, "void", {"authorization": 1.0})
    with pytest.raises(KeyError):
        fingerprint(KEY, "void", {})
