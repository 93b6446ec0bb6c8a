"""allauth's views that exist here, each with its access rule. What is not in this file has no address."""

from typing import Any, cast

from allauth.account import views as theirs
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from giftwell.foundation.identity.models import User
from giftwell.interfaces.accounts import start as beginning
from giftwell.interfaces.accounts.pace import evenly_paced, evenly_refused
from giftwell.interfaces.common.pages import person_page, public_page


class _ChangePassword(theirs.PasswordChangeView):  # type: ignore[misc]
    """Somebody without a password (made by a command) sets the first one through a mail, like a forgotten
    one.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send those away who have nothing to change."""
        if not cast("User", request.user).has_usable_password():
            return redirect("account_reset_password")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response


sign_in = public_page(evenly_refused(theirs.login))
sign_out = public_page(theirs.logout)
sign_up = public_page(evenly_paced(theirs.signup))
start = public_page(evenly_paced(beginning.start))
inactive = public_page(theirs.account_inactive)
verification_sent = public_page(theirs.email_verification_sent)
verify = public_page(theirs.confirm_email)
ask_for_reset = public_page(evenly_paced(theirs.password_reset))
reset_asked = public_page(theirs.password_reset_done)
set_password = public_page(theirs.password_reset_from_key)
password_set = public_page(theirs.password_reset_from_key_done)
change_password = person_page(_ChangePassword.as_view())
