"""Tokens of people: sign in, refresh, sign out. Behind it stands the pipeline of the sign-in page."""

from datetime import datetime
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field

from giftwell.foundation.identity.backup_codes import backup_codes_left
from giftwell.foundation.identity.begin_tokens import begin_tokens
from giftwell.foundation.identity.clear_tries import give_tries_back
from giftwell.foundation.identity.end_sessions import forget_device
from giftwell.foundation.identity.models import User
from giftwell.foundation.identity.note_device import note_device
from giftwell.foundation.identity.redeem_code import BACKUP, redeem_code
from giftwell.foundation.identity.refresh_tokens import refresh_tokens
from giftwell.foundation.identity.second_factor import has_second_factor
from giftwell.foundation.identity.tokens import Tokens
from giftwell.interfaces.api.endpoints import OPEN, PERSON, endpoint
from giftwell.interfaces.api.requests import PersonRequest
from giftwell.interfaces.api.shapes import Body, Text
from giftwell.interfaces.common.browsers import browser_of, network_of
from giftwell.interfaces.common.entrance import TooManyRequests
from giftwell.interfaces.common.failures import note_failure
from giftwell.interfaces.common.notices import Notice, tell
from giftwell.interfaces.common.pace import refusing_evenly
from giftwell.kit.clock import now
from giftwell.kit.errors import Forbidden

router = Router()


class SignInRefused(Forbidden):
    """Wrong, unknown, shut out, or one try too many: never told apart, nor which part was wrong."""

    code = "sign_in_refused"
    detail = (
        "The address, the password and, where the account has a second factor, its code do not belong "
        "together. After five tries we wait before we look again; a new password by mail gets you in at once."
    )


class AddressIsUnverified(Forbidden):
    """All that was shown is right, but the address is not known to be theirs."""

    code = "address_is_unverified"
    detail = "Follow the link in the mail that we sent when you signed up, then sign in again."


class SignInIn(Body):
    """What a person shows; `code` is of their app, or a backup code, where they have a second factor."""

    email: Text = Field(max_length=254, examples=["maja@example.com"])
    password: Text = Field(max_length=256, examples=["a quiet river in spring"])
    code: Text | None = Field(default=None, max_length=32, examples=["123456"])
    device: Text | None = Field(
        default=None,
        max_length=80,
        description="How the device is called in the list.",
        examples=["Maja's phone"],
    )


class RefreshIn(Body):
    """The refresh token of the last answer."""

    refresh_token: Text = Field(max_length=128)


class TokensOut(Schema):
    """A pair of tokens, shown once. Keep the refresh token in the device's key store."""

    access_token: str
    access_expires_at: datetime
    refresh_token: str = Field(description="Works once; shown a second time it ends the sign-in.")


@endpoint(router, "POST", "/tokens", needs=OPEN, answers=TokensOut, status=201, problems=(409,))
def sign_in(request: HttpRequest, body: SignInIn, response: HttpResponse) -> Status:
    """Sign a person in. The access token works for 15 minutes.

    A wrong password, a wrong code, an unknown address and a try too many have one answer.
    """
    if not ratelimit.consume(request, action="login"):
        raise TooManyRequests
    with refusing_evenly():
        user, has_shown = _judged(request, body)
    give_tries_back(email=user.email, now=now())
    place, network = body.device or browser_of(request), network_of(request)
    seen = note_device(user=user, token="", browser=place, network=network, now=now())
    made = begin_tokens(user=user, device=seen.device, has_second_factor=has_shown, now=now())
    if seen.is_news:
        tell(user, Notice.NEW_DEVICE, detail=f"{place}, {network}")
    return Status(201, _told(made, response))


@endpoint(router, "POST", "/tokens/refresh", needs=OPEN, answers=TokensOut, problems=(409,))
def refresh(request: HttpRequest, body: RefreshIn, response: HttpResponse) -> Any:
    """Change the refresh token for a new pair; both tokens before end.

    Send one request at a time: of several with the same token one is answered with tokens, those at the same
    moment with 409, and any later one ends the whole sign-in.
    """
    return _told(refresh_tokens(refresh=body.refresh_token, now=now()), response)


@endpoint(router, "DELETE", "/tokens/current", needs=PERSON, answers=None, status=204, problems=(404,))
def sign_out(request: PersonRequest) -> Status:
    """End this sign-in and forget its device; its tokens open nothing from now on."""
    forget_device(user=request.person, device_id=request.family.device_id, actor=request.actor, now=now())
    return Status(204, None)


def _judged(request: HttpRequest, body: SignInIn) -> tuple[User, bool]:
    """The person, and whether they showed a second factor. Raises SignInRefused or AddressIsUnverified."""
    try:
        user = get_adapter(request).authenticate(request, email=body.email.strip(), password=body.password)
    except ValidationError:
        raise SignInRefused from None
    # allauth gives back somebody who is shut out as well, for its page that says so.
    if user is None or not user.is_active:
        raise SignInRefused
    has_one = has_second_factor(user)
    if has_one:
        _judge_code(request, user, body.code or "")
    if not EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists():
        raise AddressIsUnverified
    return user, has_one


def _judge_code(request: HttpRequest, user: User, code: str) -> None:
    factor = redeem_code(user=user, code=code, now=now())
    if factor is None:
        note_failure(request, user.email, reason="code_wrong")
        raise SignInRefused
    if factor == BACKUP:
        tell(user, Notice.BACKUP_CODE_USED, detail=str(backup_codes_left(user)))


def _told(tokens: Tokens, response: HttpResponse) -> dict[str, Any]:
    response["Cache-Control"] = "no-store"
    return {
        "access_token": tokens.access,
        "access_expires_at": tokens.access_until,
        "refresh_token": tokens.refresh,
    }
