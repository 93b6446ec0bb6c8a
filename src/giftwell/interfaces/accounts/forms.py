"""The forms of sign-up, sign-in and passwords. They refuse unknown fields: no body can bring a role."""

from typing import Any

from allauth.account import forms as theirs
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.hashers import make_password
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from giftwell.foundation.identity.create_person import AddressIsTaken, create_person
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.password_validator import hint, policy_of
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.interfaces.common.forms import Strict
from giftwell.kit.clock import now


class _Plain(Strict):
    """Labels say what a field is; a placeholder repeating them looks as if something were filled in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


def _explain(field: forms.Field, person: User | None) -> None:
    """Say the rule beside the field, and leave it on the field for the meter that is drawn while typing."""
    policy = policy_of(person)
    second = person is not None and has_second_factor(person)
    field.help_text = hint(policy, has_second_factor=second)
    least = policy.least(has_second_factor=second)
    field.widget.attrs |= {"data-least": least, "data-kinds": 4 if policy.four_kinds else 0}


class SignInForm(_Plain, theirs.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].help_text = ""


class SignUpForm(_Plain, theirs.SignupForm):  # type: ignore[misc]
    """Name, e-mail address and password of somebody new."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order: tuple[str, ...] = ("name", "email", "password1")
    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].validators.append(MaxLengthValidator(254))
        _explain(self.fields["password1"], None)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Make the person, or answer a taken address exactly as a free one: with a mail, and nothing else."""
        if not self.account_already_exists:
            try:
                return self.save(request), None
            except AddressIsTaken:
                # Somebody took the address between the check and now; the answer must not tell.
                self.account_already_exists = True
        # A new person's password would have been hashed here; a stranger with a clock must not see the
        # difference.
        make_password(self.cleaned_data["password1"])
        answer: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return answer

    def save(self, request: HttpRequest) -> User:
        """Make the person by our own verb, with an address that is still to be verified."""
        return create_person(
            email=self.cleaned_data["email"],
            name=self.cleaned_data["name"],
            password=self.cleaned_data["password1"],
            verified=False,
            now=now(),
        )


class ConfirmForm(_Plain, theirs.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something that protects the account is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = ""


class AskForResetForm(_Plain, theirs.ResetPasswordForm):  # type: ignore[misc]
    """The e-mail address to send a link to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")


class _OnceForm(_Plain):
    """A new password is typed once: a slip costs one more mail, typing it twice costs everybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        self.fields["password1"].label = _("New password")
        _explain(self.fields["password1"], getattr(self, "user", None))


class NewPasswordForm(_OnceForm, theirs.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, behind a link from the mail."""


class ChangePasswordForm(_OnceForm, theirs.ChangePasswordForm):  # type: ignore[misc]
    """The old password and the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = _("Present password")
        self.fields["oldpassword"].help_text = ""

    def clean_oldpassword(self) -> str:
        """Judged where every password is judged, so that guesses count."""
        password = str(self.cleaned_data.get("oldpassword", ""))
        adapter = get_adapter()
        if not adapter.reauthenticate(self.user, password):
            raise adapter.validation_error("enter_current_password")
        return password
