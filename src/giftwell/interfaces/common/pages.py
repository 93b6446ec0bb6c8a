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

from django.http import HttpRequest, HttpResponseBase
from django.template.response import SimpleTemplateResponse

from giftwell.foundation.identity.models import User
from giftwell.foundation.tenancy import scope
from giftwell.interfaces.common.access import AccessRule, Permission, asks_second_factor
from giftwell.interfaces.common.entering import enter_platform, enter_workplace
from giftwell.interfaces.common.error_pages import domain_error_page
from giftwell.interfaces.common.leaving import leave_for
from giftwell.interfaces.common.page_request import PageRequest as PageRequest  # noqa: PLC0414 read from here
from giftwell.interfaces.common.second_factor import second_factor_first
from giftwell.interfaces.common.sessions import has_outlived
from giftwell.kit.actor import Actor
from giftwell.kit.errors import DomainError, Invalid

type View = Callable[..., HttpResponseBase]


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
            return leave_for(request, "account_login")
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
                return leave_for(request, "account_login")
            page = _with_actor(request)
            try:
                enter_workplace(page, kwargs["slug"], permission)
            except DomainError as error:
                return _private(domain_error_page(request, error))
            if has_outlived(page, page.role):
                return leave_for(request, "account_login")
            asked = page.merchant_asks or asks_second_factor(page.role, page.permissions)
            first = second_factor_first(page, page.user, asked=asked)
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
                return leave_for(request, "account_login")
            page = _with_actor(request)
            try:
                role = enter_platform(page, permission)
            except DomainError as error:
                return _private(domain_error_page(request, error))
            if has_outlived(page, role):
                return leave_for(request, "account_login")
            first = second_factor_first(page, page.user, asked=asks_second_factor(role, page.permissions))
            if first is not None:
                return _private(first)
            return _private(_run(view, scope.platform(), page, args, kwargs))

        return guarded

    return decorate


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
