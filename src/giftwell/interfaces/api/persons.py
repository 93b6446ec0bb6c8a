"""People who call by the token of their program: for what is their own, or at a merchant they work for.

The second names the merchant by `Giftwell-Merchant`, and may do there what a key of theirs might: the same
roles, networks and second factor as in the console stand before it.
"""

from typing import Any, ClassVar

from django.http import HttpRequest
from ninja.security import HttpBearer

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.find_memberships import Workplace, find_memberships
from giftwell.foundation.identity.models import AccessRules, TokenFamily
from giftwell.foundation.identity.second_factor import due_at
from giftwell.foundation.identity.use_token import find_token, use_token
from giftwell.foundation.tenancy import scope as tenancy_scope
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import asks_second_factor, permissions_at, scopes_behind
from giftwell.interfaces.common.entrance import (
    MerchantSuspended,
    NotFromHere,
    TooManyRequests,
    Unauthenticated,
)
from giftwell.interfaces.common.limiting import per_minute, within
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, Forbidden
from giftwell.kit.networks import is_within

_REQUESTS = per_minute(300)
_MERCHANT = "Giftwell-Merchant"


class NoWorkplace(Forbidden):
    """No merchant named, none of this name, or one where this person does not work: never told apart."""

    code = "no_workplace"
    detail = "Name a shop that you work for, by its address, in the header Giftwell-Merchant."


class BoundToPlaces(Forbidden):
    """What REST shows and does is a whole merchant's."""

    code = "bound_to_places"
    detail = "You work at some places of this shop only. Use the till and the console there."


class SecondFactorNeeded(Forbidden):
    """The role asks for a second factor, and this sign-in showed none."""

    code = "second_factor_needed"
    detail = "Your role asks for a second factor. Set one up on the site, and sign in again with its code."


class PersonToken(HttpBearer):
    """Bearer authentication for what is a person's own."""

    openapi_bearerFormat: ClassVar[str] = "gw_access_…"  # noqa: N815 - ninja reads attributes by name

    def __call__(self, request: HttpRequest) -> Any:
        """Refuse a request without a bearer token as one with a wrong one."""
        caller = super().__call__(request)
        if caller is None:
            raise Unauthenticated
        return caller

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        """The person as the actor of the request; raises Unauthenticated or TooManyRequests."""
        family = _recognised(token)
        if not use_token(family, role="person", now=now()):
            raise Unauthenticated
        return _let_in(request, family)


def enter_as_person(request: HttpRequest, token: str) -> None:
    """Put merchant and scopes of somebody who works for one on the request.

    Raises Unauthenticated, TooManyRequests, NoWorkplace, MerchantSuspended, BoundToPlaces, NotFromHere,
    SecondFactorNeeded.
    """
    family, slug = _recognised(token), request.headers.get(_MERCHANT, "")
    place = next(iter(find_memberships(family.user_id, slug=slug)), None) if slug else None
    if place is None:
        raise NoWorkplace
    if place.is_suspended:
        raise MerchantSuspended
    if not use_token(family, role=place.role, now=now()):
        raise Unauthenticated
    _refuse_at(request, family, place)
    _let_in(request, family)
    request.merchant_id = place.merchant_id  # type: ignore[attr-defined]
    # Of a sandbox too, nobody does in person what their role does not let them.
    request.scopes = scopes_behind(permissions_at(place), is_sandbox=False)  # type: ignore[attr-defined]


def _recognised(token: str) -> TokenFamily:
    family = find_token(token, now=now())
    if family is None:
        raise Unauthenticated
    if not within(_REQUESTS, "person-token", str(family.user_id)):
        raise TooManyRequests
    return family


def _let_in(request: HttpRequest, family: TokenFamily) -> Actor:
    request.family, request.person = family, family.user  # type: ignore[attr-defined]
    request.actor = Actor.person(family.user_id)  # type: ignore[attr-defined]
    return request.actor  # type: ignore[attr-defined,no-any-return]


def _refuse_at(request: HttpRequest, family: TokenFamily, place: Workplace) -> None:
    if place.location_ids is not None:
        raise _noted(BoundToPlaces(), family, place)
    with tenancy_scope.merchant(place.merchant_id), reading():
        rules = AccessRules.objects.filter(merchant_id=place.merchant_id).first()
    networks = rules.networks if rules else ()
    if networks and not is_within(str(request.META.get("REMOTE_ADDR", "")), networks):
        raise _noted(NotFromHere(), family, place)
    asked = bool(rules and rules.second_factor_for_all)
    asked = asked or asks_second_factor(place.role, permissions_at(place))
    if asked and not family.has_second_factor and now() >= due_at(family.user):
        raise _noted(SecondFactorNeeded(), family, place)


def _noted(error: DomainError, family: TokenFamily, place: Workplace) -> DomainError:
    """A door that somebody tried and that is not theirs is written down."""
    note_refusal(
        "token.used",
        actor=Actor.person(family.user_id),
        subject=family.user.public_id,
        reason=error.code,
        merchant_id=place.merchant_id,
        at=now(),
    )
    return error
