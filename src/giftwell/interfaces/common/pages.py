"""What stands before every page: who is calling, may they, and in whose scope the view runs.

Each decorator leaves its rule on the view as `access_rule`; a test walks every address and fails on a view
without one. Views that other machinery guards (REST, inbound webhooks, pages reached by a secret link) say so
with `declares`.

Inside the view the request carries `actor`; behind `merchant_page` also `merchant`, `role`, `workplaces`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.urls import reverse

from giftwell.foundation.audit.attempts import note_refusal
from giftwell.foundation.identity.find_memberships import Workplace, find_memberships
from giftwell.foundation.identity.models import AccessRules, PlatformRole, User
from giftwell.foundation.identity.rules import MerchantIsSuspended
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import AccessRule, Permission, allows
from giftwell.interfaces.common.error_pages import domain_error_page
from giftwell.interfaces.common.second_factor import second_factor_first
from giftwell.interfaces.common.sessions import has_outlived
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now
from giftwell.kit.errors import DomainError, Forbidden, Invalid

type View = Callable[..., HttpResponseBase]


class PageRequest(HttpRequest):
    """The request as a decorated view sees it; only for annotations, never instantiated."""

    user: User
    actor: Actor
    merchant: Merchant
    role: str
    merchant_asks: bool
    workplaces: list[Workplace]
    permissions: frozenset[Permission]


class NotYourRole(Forbidden):
    """The person works here, but not in a role that may open this page."""

    code = "not_your_role"
    detail = "Your role does not open this page. Ask the owner of the shop if you need it."


class AddressIsMalformed(Invalid):
    """The part of the address after the question mark holds what no text can."""

    code = "malformed_address"
    detail = "The address of this page has a sign in it that no text has. Nothing was looked up."


def declares(rule: AccessRule) -> Callable[[View], View]:
    """Mark a view that is guarded by other means than these decorators, and say by which."""

    def mark(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return mark


def public_page(view: View) -> View:
    """A page for everyone, in the public scope: published shops, products and designs."""

    @declares(AccessRule("public"))
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return _run(view, scope.public(), _with_actor(request), args, kwargs)

    return guarded


def bearer_page(view: View) -> View:
    """A page for whoever holds the secret in its address (a gift, an order): no referrer, no index, no store.

    The view starts without a scope: it finds its merchant by the secret's hash, and enters that merchant's.
    """

    @declares(AccessRule("bearer"))
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = _run(view, scope.public(), _with_actor(request), args, kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        return response

    return guarded


def person_page(view: View) -> View:
    """A page of somebody's own things, for whoever is signed in, in their person scope."""

    @declares(AccessRule("person"))
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated or has_outlived(request, "person"):
            return _sign_in_first(request)
        return _private(_run(view, scope.person(_person(request).pk), _with_actor(request), args, kwargs))

    return guarded


def merchant_page(permission: Permission) -> Callable[[View], View]:
    """A page of one merchant, named by `slug` in the address, for its people in a role that allows
    `permission`.

    Somebody who does not work there sees 404, as if the merchant did not exist; a role that lacks the
    permission and a suspended merchant give 403. The view gets `slug` too, and runs in the merchant's scope.
    """

    def decorate(view: View) -> View:
        @declares(AccessRule("merchant", permission))
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            page = _with_actor(request)
            try:
                _enter_workplace(page, kwargs["slug"], permission)
            except DomainError as error:
                return _private(domain_error_page(request, error))
            if has_outlived(page, page.role):
                return _sign_in_first(request)
            first = second_factor_first(page, page.user, page.role, merchant_asks=page.merchant_asks)
            if first is not None:
                return _private(first)
            return _private(_run(view, scope.merchant(page.merchant.id), page, args, kwargs))

        return guarded

    return decorate


def platform_page(permission: Permission) -> Callable[[View], View]:
    """A page of the platform's own staff, across all merchants.

    Everyone else sees 404: it is nobody's business.
    """

    def decorate(view: View) -> View:
        @declares(AccessRule("platform", permission))
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _sign_in_first(request)
            page = _with_actor(request)
            roles = list(PlatformRole.objects.filter(user=page.user).values_list("role", flat=True))
            if not roles:
                raise Http404
            page.permissions = frozenset(
                one for one in Permission if any(allows(role, one) for role in roles)
            )
            if permission not in page.permissions:
                _note_refused(page, permission, None)
                return _private(domain_error_page(request, NotYourRole()))
            if has_outlived(page, roles[0]):
                return _sign_in_first(request)
            first = second_factor_first(page, page.user, roles[0])
            if first is not None:
                return _private(first)
            return _private(_run(view, scope.platform(), page, args, kwargs))

        return guarded

    return decorate


def _enter_workplace(page: PageRequest, slug: str, permission: Permission) -> None:
    """Put merchant and role on the request, or raise what keeps this person out."""
    page.workplaces = find_memberships(page.user.pk)
    place = next((one for one in page.workplaces if one.slug == slug), None)
    if place is None:
        raise Http404
    if place.is_suspended:
        raise MerchantIsSuspended
    if not allows(place.role, permission):
        _note_refused(page, permission, place.merchant_id)
        raise NotYourRole
    asks = AccessRules.objects.filter(merchant=OuterRef("pk"), second_factor_for_all=True)
    with scope.merchant(place.merchant_id), reading():
        page.merchant = Merchant.objects.annotate(asks=Exists(asks)).get(id=place.merchant_id)
    page.merchant_asks = page.merchant.asks
    page.role = place.role
    page.permissions = frozenset(one for one in Permission if allows(place.role, one))


def _note_refused(page: PageRequest, permission: Permission, merchant_id: UUID | None) -> None:
    """A role that was too small is written down: somebody tried a door that is not theirs."""
    note_refusal(
        permission,
        actor=page.actor,
        subject=page.user.public_id,
        reason=NotYourRole.code,
        merchant_id=merchant_id,
        at=now(),
    )


def _run(
    view: View,
    entered: AbstractContextManager[Any],
    page: HttpRequest,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> HttpResponseBase:
    with entered:
        try:
            _refuse_nul(page)
            response = view(page, *args, **kwargs)
            # A lazy response would read its rows after the scope has ended, and find none.
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        except DomainError as error:
            return domain_error_page(page, error)
    return response


def _refuse_nul(page: HttpRequest) -> None:
    """PostgreSQL keeps no NUL in a text and fails on a look-up with one; a page is not to break over it."""
    if any("\x00" in value for _, values in page.GET.lists() for value in values):
        raise AddressIsMalformed


def _with_actor(request: HttpRequest) -> PageRequest:
    page = cast("PageRequest", request)
    page.actor = Actor.person(page.user.pk) if page.user.is_authenticated else Actor.anonymous()
    return page


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """What a signed-in person saw must not come back from a cache after they signed out."""
    response.setdefault("Cache-Control", "no-store")
    return response


def _sign_in_first(request: HttpRequest) -> HttpResponseBase:
    back = request.get_full_path() if request.method in {"GET", "HEAD"} else request.path
    if request.headers.get("HX-Request") == "true":
        # htmx would put the sign-in page into the middle of this one; the header makes it leave instead.
        target = request.headers.get("HX-Current-URL", "")
        response: HttpResponse = HttpResponse(status=401)
        response["HX-Redirect"] = redirect_to_login(_path_of(target) or back, reverse("account_login")).url
        return response
    return redirect_to_login(back, reverse("account_login"))


def _path_of(address: str) -> str:
    """The path of an address on this site, which is all that may follow a sign-in."""
    _, _, rest = address.partition("://")
    _, slash, path = rest.partition("/")
    return f"/{path}" if slash else ""
