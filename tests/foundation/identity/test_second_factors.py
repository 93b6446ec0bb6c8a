"""Codes of apps and backup codes: each works once, secrets are sealed, and two admins take a factor off."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.identity import totp
from giftwell.foundation.identity.add_authenticator_app import (
    CodeIsWrong,
    HasAnAppAlready,
    add_authenticator_app,
)
from giftwell.foundation.identity.backup_codes import (
    NothingToBackUp,
    backup_codes_left,
    make_backup_codes,
)
from giftwell.foundation.identity.clear_tries import give_tries_back
from giftwell.foundation.identity.models import BackupCode, SecondFactorReset
from giftwell.foundation.identity.redeem_code import redeem_code
from giftwell.foundation.identity.remove_second_factor import FactorIsUnknown, remove_second_factor
from giftwell.foundation.identity.reset_second_factor import (
    NeedsAnotherAdmin,
    NothingToReset,
    ReasonIsMissing,
    ResetIsUnknown,
    ask_for_reset,
    do_reset,
)
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.crypto import CannotDecrypt, key_id_of
from tests.database import OwnDatabase
from tests.domain.racing import together
from tests.factories.identity import make_person

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
STEP = int(NOON.timestamp()) // 30


@pytest.fixture
def maja(db):
    return make_person(email="maja@example.com")


def _app(person, at=NOON - timedelta(minutes=10)):
    secret = totp.new_secret()
    code = totp.code_at(secret, int(at.timestamp()) // 30)
    add_authenticator_app(user=person, secret=secret, code=code, now=at)
    return secret


def test_codes_are_those_of_the_standard():
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # the key of RFC 6238's examples, in base 32
    assert [totp.code_at(secret, t // 30) for t in (59, 1111111109, 1234567890)] == [
        "287082",
        "081804",
        "005924",
    ]


@pytest.mark.parametrize(("off", "is_right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(maja, off, is_right):
    secret = _app(maja)
    used = redeem_code(user=maja, code=totp.code_at(secret, STEP + off), now=NOON)
    assert used == ("totp" if is_right else None)


def test_a_code_works_once_and_no_older_one_after_it(maja):
    secret = _app(maja)
    code = totp.code_at(secret, STEP)
    assert redeem_code(user=maja, code=f"{code[:3]} {code[3:]}", now=NOON) == "totp"
    for late in (0, 29, 45):
        assert redeem_code(user=maja, code=code, now=NOON + timedelta(seconds=late)) is None
    assert redeem_code(user=maja, code=totp.code_at(secret, STEP - 1), now=NOON) is None


def test_the_code_that_set_an_app_up_is_used_up_by_it(maja):
    secret = _app(maja, at=NOON)
    assert redeem_code(user=maja, code=totp.code_at(secret, STEP), now=NOON) is None


def test_a_secret_is_sealed_with_a_key_id_and_opens_for_its_person_alone(maja):
    import base64

    secret = _app(maja)
    kept = Authenticator.objects.get().data["secret"]
    assert secret not in str(Authenticator.objects.get().data)
    assert key_id_of(base64.b64decode(kept))
    assert totp.opened(kept, maja.pk) == secret
    with pytest.raises(CannotDecrypt):
        totp.opened(kept, make_person().pk)


def test_a_wrong_first_code_sets_nothing_up_and_there_is_one_app(maja):
    with pytest.raises(CodeIsWrong):
        add_authenticator_app(user=maja, secret=totp.new_secret(), code="000000", now=NOON)
    assert not has_second_factor(maja)
    _app(maja)
    with pytest.raises(HasAnAppAlready):
        _app(maja)


def test_all_ten_backup_codes_work_once_each(maja):
    with pytest.raises(NothingToBackUp):
        make_backup_codes(user=maja, now=NOON)
    _app(maja)
    codes = make_backup_codes(user=maja, now=NOON)
    assert len(set(codes)) == 10
    for left, code in enumerate(codes):
        assert redeem_code(user=maja, code=code.upper(), now=NOON) == "backup_code"
        give_tries_back(email=maja.email, now=NOON)
        assert backup_codes_left(maja) == 9 - left
    assert {redeem_code(user=maja, code=code, now=NOON) for code in codes[:4]} == {None}


def test_new_backup_codes_end_the_old_ones_and_none_can_be_read(maja):
    _app(maja)
    old = make_backup_codes(user=maja, now=NOON)
    new = make_backup_codes(user=maja, now=NOON)
    assert redeem_code(user=maja, code=old[0], now=NOON) is None
    kept = b"".join(bytes(row.code_hash) for row in BackupCode.objects.all())
    assert not any(code.replace("-", "").encode() in kept for code in new)


def test_another_persons_codes_and_factors_are_of_no_use(maja):
    tomas = make_person()
    _app(maja)
    _app(tomas)
    codes = make_backup_codes(user=tomas, now=NOON)
    assert redeem_code(user=maja, code=codes[0], now=NOON) is None
    with pytest.raises(FactorIsUnknown):
        remove_second_factor(user=maja, factor_id=Authenticator.objects.get(user_id=tomas.pk).pk, now=NOON)


def test_the_backup_codes_go_with_the_last_factor(maja):
    _app(maja)
    make_backup_codes(user=maja, now=NOON)
    remove_second_factor(user=maja, factor_id=Authenticator.objects.get().pk, now=NOON)
    assert backup_codes_left(maja) == 0


def test_codes_are_guessed_at_the_same_door_as_passwords(maja):
    secret = _app(maja)
    told = [redeem_code(user=maja, code=f"{n:06}", now=NOON) for n in range(5)]
    assert told == [None] * 5
    assert redeem_code(user=maja, code=totp.code_at(secret, STEP), now=NOON) is None


def test_of_one_code_sent_many_times_at_once_one_gets_in(own_database: OwnDatabase) -> None:
    maja = make_person(email="maja@example.com")
    secret = _app(maja)
    code = totp.code_at(secret, STEP)
    told = together(*[lambda: redeem_code(user=maja, code=code, now=NOON)] * 5)
    assert sorted(map(str, told)) == ["None"] * 4 + ["totp"]
    give_tries_back(email=maja.email, now=NOON)
    backup = make_backup_codes(user=maja, now=NOON)[0]
    told = together(*[lambda: redeem_code(user=maja, code=backup, now=NOON)] * 5)
    assert sorted(map(str, told)) == ["None"] * 4 + ["backup_code"]


def test_sixty_codes_at_once_judge_five(own_database: OwnDatabase, monkeypatch) -> None:
    maja = make_person(email="maja@example.com")
    _app(maja)
    judged = []
    real = totp.code_at
    monkeypatch.setattr(totp, "code_at", lambda *given: judged.append(1) or real(*given))
    told = together(*[lambda: redeem_code(user=maja, code="000000", now=NOON)] * 60)
    assert told == [None] * 60
    assert len(judged) == 5 * 3, "three steps for each try that was judged"


def test_two_admins_take_a_lost_factor_off_and_both_are_written_down(maja):
    first, second = make_person(), make_person()
    with pytest.raises(NothingToReset):
        ask_for_reset(user=maja, reason="Called, knew her last order", admin=first, now=NOON)
    _app(maja)
    make_backup_codes(user=maja, now=NOON)
    for refused, admin, reason in ((ReasonIsMissing, first, " "), (NeedsAnotherAdmin, maja, "It is me")):
        with pytest.raises(refused):
            ask_for_reset(user=maja, reason=reason, admin=admin, now=NOON)
    with pytest.raises(ResetIsUnknown):
        do_reset(user=maja, admin=second, now=NOON)
    ask_for_reset(user=maja, reason="Called, knew her last order", admin=first, now=NOON)
    with pytest.raises(NothingToReset):
        ask_for_reset(user=maja, reason="Again", admin=second, now=NOON)
    for alone in (first, maja):
        with pytest.raises(NeedsAnotherAdmin):
            do_reset(user=maja, admin=alone, now=NOON)
    assert has_second_factor(maja)
    do_reset(user=maja, admin=second, now=NOON)
    assert not has_second_factor(maja)
    assert backup_codes_left(maja) == 0
    with scope.platform(), reading():
        rows = AuditRow.objects.filter(action__startswith="person.second_factor_reset").order_by("id")
        assert [(row.action, row.actor) for row in rows] == [
            ("person.second_factor_reset_asked", f"person:{first.public_id}"),
            ("person.second_factor_reset", f"person:{second.public_id}"),
        ]


def test_the_database_too_refuses_a_reset_by_one_person(maja):
    admin = make_person()
    for asked, done in ((admin, admin), (maja, admin), (admin, maja)):
        with pytest.raises(IntegrityError), transaction.atomic():
            SecondFactorReset.objects.create(
                user=maja, reason="x", asked_by=asked, asked_at=NOON, done_by=done, done_at=NOON
            )
