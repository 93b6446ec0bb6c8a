"""The one judge of new passwords, called by Django's and allauth's forms wherever one is set."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.foundation.identity.access_rules import AccessRulesOf, access_rules_of
from giftwell.foundation.identity.common_passwords import is_common
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.password_history import was_used
from giftwell.foundation.identity.password_rules import (
    MAX_LENGTH,
    POLICIES,
    Fault,
    PasswordPolicy,
    faults_of,
    strictest,
)
from giftwell.foundation.identity.second_factor import has_second_factor


class OurPasswordPolicy:
    """Django's interface of a validator around our rules, the lists and the person's history."""

    def validate(self, password: str, user: Any = None, *, joins: Iterable[AccessRulesOf] = ()) -> None:
        """Raise `ValidationError` with a sentence for each fault.

        `user` may be signing up; `joins` are the rules of merchants they are about to work for.
        """
        person = user if isinstance(user, User) else None
        known = person if person is not None and person.is_kept else None
        policy, words = _measure(person, joins)
        second = known is not None and has_second_factor(known)
        faults = faults_of(password, policy=policy, words=words, has_second_factor=second)
        # The costly questions only for what passed the cheap ones.
        if not faults and is_common(password):
            faults.append(Fault.COMMON)
        if not faults and known is not None and was_used(known, password):
            faults.append(Fault.USED_BEFORE)
        if faults:
            least = policy.least(has_second_factor=second)
            raise ValidationError([ValidationError(_say(fault, least), code=fault) for fault in faults])

    def get_help_text(self) -> str:
        """What a person should know before they choose."""
        return hint(POLICIES[settings.PASSWORD_POLICY])


def hint(policy: PasswordPolicy, *, has_second_factor: bool = False) -> str:
    """The rule in words, for beside the field."""
    least = policy.least(has_second_factor=has_second_factor)
    if policy.four_kinds:
        return _(
            "At least %(least)d characters, with a capital, a small letter, a digit and a sign among them."
        ) % {"least": least}
    return _(
        "At least %(least)d characters. A few words you remember are better than one with signs in it."
    ) % {"least": least}


def policy_of(person: User | None, *, joins: Iterable[AccessRulesOf] = ()) -> PasswordPolicy:
    """The platform's policy, made stricter by each merchant this person works for, or is about to."""
    return _measure(person, joins)[0]


def _measure(person: User | None, joins: Iterable[AccessRulesOf]) -> tuple[PasswordPolicy, list[str]]:
    policies = [POLICIES[settings.PASSWORD_POLICY]]
    words: list[str] = []
    for rules in joins:
        policies.append(POLICIES[rules.password_policy])
        words.append(rules.merchant_name)
    if person is not None:
        words += [person.email, person.name]
        if person.is_kept:
            for rules in access_rules_of(person.pk):
                policies.append(POLICIES[rules.password_policy])
                words.append(rules.merchant_name)
    return strictest(policies), words


def _say(fault: Fault, least: int) -> str:
    words = {
        Fault.TOO_SHORT: ngettext(
            "Use at least %(least)d character.", "Use at least %(least)d characters.", least
        )
        % {"least": least},
        Fault.TOO_LONG: _("Use at most %(most)d characters.") % {"most": MAX_LENGTH},
        Fault.TOO_PLAIN: _("Use more different characters."),
        Fault.SIGNS_MISSING: _("Use a capital, a small letter, a digit and a sign."),
        Fault.COMMON: _("Many people use this one, or one much like it. Choose something of your own."),
        Fault.GUESSABLE: _("This is close to your name, your address or ours. Choose something of your own."),
        Fault.USED_BEFORE: _("You have used this one before. Choose a new one."),
    }
    return words[fault]
