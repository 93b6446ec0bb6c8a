"""A notice is believed for its signature over the raw bytes, and for nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from giftwell.domain.payments.gateway import BadSignature, GatewaySecretMissing
from giftwell.domain.payments.signature import check, sign

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BODY = b'{"id": "evt_1"}'


def test_what_the_secret_signed_is_believed() -> None:
    check("secret", BODY, sign("secret", BODY, at=NOW), now=NOW)


@pytest.mark.parametrize(
    "body",
    [b'{"id":"evt_1"}', b'{"id": "evt_2"}', b"", BODY + b" "],
    ids=["reserialised", "other", "none", "more"],
)
def test_other_bytes_are_not_believed(body: bytes) -> None:
    with pytest.raises(BadSignature):
        check("secret", body, sign("secret", BODY, at=NOW), now=NOW)


def test_another_secret_is_not_believed() -> None:
    with pytest.raises(BadSignature):
        check("secret", BODY, sign("guess", BODY, at=NOW), now=NOW)


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(days=30), -timedelta(seconds=301)])
def test_a_stale_or_future_notice_is_not_believed(age: timedelta) -> None:
    with pytest.raises(BadSignature):
        check("secret", BODY, sign("secret", BODY, at=NOW - age), now=NOW)


@pytest.mark.parametrize("age", [timedelta(seconds=299), -timedelta(seconds=299)])
def test_clocks_may_differ_by_five_minutes(age: timedelta) -> None:
    check("secret", BODY, sign("secret", BODY, at=NOW - age), now=NOW)


def test_a_moved_timestamp_breaks_the_signature() -> None:
    _, _, digest = sign("secret", BODY, at=NOW - timedelta(hours=1)).partition(",")
    with pytest.raises(BadSignature):
        check("secret", BODY, f"t={int(NOW.timestamp())},{digest}", now=NOW)


def test_an_unset_secret_believes_nothing_and_signs_nothing() -> None:
    with pytest.raises(GatewaySecretMissing):
        check("", BODY, sign("secret", BODY, at=NOW), now=NOW)
    with pytest.raises(GatewaySecretMissing):
        sign("", BODY, at=NOW)


def test_a_header_signed_with_an_empty_secret_is_not_believed_either() -> None:
    import hashlib
    import hmac

    stamp = str(int(NOW.timestamp()))
    forged = hmac.new(b"", stamp.encode() + b"." + BODY, hashlib.sha256).hexdigest()
    with pytest.raises(GatewaySecretMissing):
        check("", BODY, f"t={stamp},v1={forged}", now=NOW)


def test_one_of_several_signatures_is_enough_while_a_secret_changes() -> None:
    stamp, _, old = sign("old", BODY, at=NOW).partition(",")
    _, _, new = sign("new", BODY, at=NOW).partition(",")
    check("new", BODY, f"{stamp},{old},{new}", now=NOW)


RUBBISH = (
    "", "v1=00", "t=1", "t=,v1=", "t=abc,v1=00", "t=1,t=2,v1=00", "t=\u0661,v1=00", "t=-1,v1=00", "é=ü",
    "t=1," + "v1=0," * 200, "t=9999999999999,v1=00", "t=1,v1=ü",
)  # fmt: skip


@pytest.mark.parametrize("header", RUBBISH)
def test_a_header_of_rubbish_is_a_bad_signature(header: str) -> None:
    with pytest.raises(BadSignature):
        check("secret", BODY, header, now=NOW)
