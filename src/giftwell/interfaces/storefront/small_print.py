"""The pages of small print, and what machines look for at the root of a site."""

from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from giftwell.interfaces.common.pages import public_page
from giftwell.interfaces.storefront.shelf import addresses
from giftwell.kit.clock import now


@require_safe
@public_page
def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page of prose; the address decides which, so only those that exist have one."""
    return render(request, f"storefront/prose/{name}.html")


@require_safe
@public_page
def robots(request: HttpRequest) -> HttpResponse:
    """What may be crawled: what is published. Secret addresses are never linked, and say noindex too."""
    closed = (
        "/orders/",
        "/gift/",
        "/wallet/",
        "/till/",
        "/console/",
        "/backoffice/",
        "/accounts/",
        "/v1/",
        "/outbox/",
    )
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in closed),
        f"Sitemap: {settings.BASE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every public page."""
    paths = [
        "/",
        *(reverse(f"storefront:{name}") for name in ("terms", "refunds", "privacy", "accessibility")),
    ]
    context = {"base": settings.BASE_URL, "paths": [*paths, *addresses()]}
    return render(request, "storefront/sitemap.xml", context, content_type="application/xml")


@require_safe
@public_page
def security(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    lines = [
        f"Contact: mailto:{parseaddr(settings.EMAIL_FROM)[1]}",
        f"Expires: {(now() + timedelta(days=180)).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: en",
        f"Canonical: {settings.BASE_URL}/.well-known/security.txt",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
