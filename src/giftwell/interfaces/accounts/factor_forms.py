"""The forms of second factors: a code, or what a passkey signed. One place judges each of them."""

import re
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as theirs
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from giftwell.foundation.identity.backup_codes import backup_codes_left
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.redeem_code import BACKUP, redeem_code
from giftwell.interfaces.accounts.devices import device_of
from giftwell.interfaces.accounts.failures import note_failure
from giftwell.interfaces.common.forms import Strict
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.kit.clock import now


class CodeForm(Strict):
    """A code of the app, or a backup code, after the password."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        help_text=_("Six digits from your app, or one of your backup codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    is_confirming = False

    def __init__(self, data: Any = None, *, user: User, **more: Any) -> None:
        super().__init__(data, **more)
        self.user = user
        self.factor = ""

    def clean_code(self) -> str:
        """Judge it; a wrong code, a used one and one too many are answered alike."""
        code: str = self.cleaned_data["code"]
        known = device_of(context.request, self.user.email)
        factor = redeem_code(user=self.user, code=code, device=known, now=now())
        if factor is None:
            note_failure(context.request, self.user.email, reason="code_wrong")
            raise ValidationError(
                _("This code is not right, or was used. After five tries we wait before we look again.")
            )
        self.factor = factor
        return code

    def save(self) -> None:
        """Remember in the session that this person showed a second factor, and when."""
        more = {"reauthenticated": True} if self.is_confirming else {}
        record_authentication(context.request, self.user, "mfa", type=self.factor, **more)
        if self.factor == BACKUP:
            left = _("%(left)d of ten are left.") % {"left": backup_codes_left(self.user)}
            tell(self.user, Notice.BACKUP_CODE_USED, detail=str(left))


class ConfirmByCodeForm(CodeForm):
    """The same, by somebody who is signed in and is about to change something."""

    is_confirming = True


class AppForm(Strict):
    """The first code of a new app."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        """The digits alone."""
        return re.sub(r"\D", "", self.cleaned_data["code"])


class _Signed(Strict):
    """What a passkey signed comes as JSON from the browser; a stranger sends what they like."""

    def clean_credential(self) -> Any:
        """Judge it. Whatever cannot be read is refused like a wrong one."""
        if not isinstance(self.cleaned_data["credential"], dict):
            raise get_adapter().validation_error("incorrect_code")
        try:
            return super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            self._note()
            raise
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            self._note()
            raise get_adapter().validation_error("incorrect_code") from error

    def _note(self) -> None:
        meant = getattr(self, "user", None)
        note_failure(context.request, meant.email if meant else "", reason="passkey_wrong")


class PasskeyForm(_Signed, theirs.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class ConfirmByPasskeyForm(_Signed, theirs.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of somebody who is signed in and is about to change something."""


class SignInByPasskeyForm(_Signed, theirs.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone: it is two factors by itself, the device and the finger or PIN that unlocks it."""


class NewPasskeyForm(Strict):
    """A new passkey with its name."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        help_text=_("To tell it from others, such as: my phone."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, **more: Any) -> None:
        more.pop("initial", None)
        super().__init__(data, **more)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Check what the browser sent against the challenge, and that the person was asked to unlock it."""
        from allauth.mfa.webauthn.internal import auth

        cleaned = super().clean() or {}
        credential = cleaned.get("credential")
        if credential is None:
            return cleaned
        wrong = get_adapter().validation_error("incorrect_code")
        if not isinstance(credential, dict):
            raise wrong
        try:
            auth.parse_registration_response(credential)
            binding = auth.complete_registration(credential)
        except (TypeError, ValueError, KeyError, AttributeError) as error:
            raise wrong from error
        if not binding.is_user_verified():
            raise wrong
        kind = Authenticator.Type.WEBAUTHN
        cleaned["name"] = cleaned.get("name") or get_adapter().generate_authenticator_name(self.user, kind)
        return cleaned
