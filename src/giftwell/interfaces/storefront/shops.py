"""The marketplace, a shop, and what a browser fetches of a shop: its colours and its logo."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from giftwell.interfaces.common.pages import public_page
from giftwell.interfaces.common.themes import MOST_SHOPS, themes_url
from giftwell.interfaces.storefront import meta, window
from giftwell.interfaces.storefront.shelf import places_of, shelf_of

_YEAR = 31_536_000


@require_safe
@public_page
def home(request: HttpRequest) -> HttpResponse:
    """Every shop with something on sale; `q` is the beginning of a shop's name, `after` the cursor."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    shops, cursor = window.list_shops(
        query=query, after=request.GET.get("after", "").replace("\x00", "")[:80]
    )
    following = urlencode({"q": query, "after": cursor} if query else {"after": cursor})
    text = _("Gift cards from shops with a name. Pay once, unwrap anywhere, spend in one visit or in many.")
    context = {
        "place": "home",
        "query": query,
        "shops": shops,
        "themes_url": themes_url(shop.slug for shop in shops),
        "older": f"?{following}" if cursor else "",
        "meta": meta.described(
            path="/",
            title="Giftwell",
            text=text,
            data={"@type": "WebSite", "name": "Giftwell", "url": meta.absolute("/")},
        ),
    }
    return render(request, "storefront/home.html", context)


@require_safe
@public_page
def shop(request: HttpRequest, shop_slug: str) -> HttpResponse:
    """One shop's shelf."""
    found = window.find_shop(shop_slug)
    text = found.tagline or _("Gift cards for %(name)s, unwrapped on any phone.") % {"name": found.name}
    path = reverse("storefront:shop", args=[found.slug])
    context = {
        "place": "shop",
        "shop": found,
        "description": text,
        "products": shelf_of(found),
        "places_of_sale": places_of(found),
        "meta": meta.described(
            path=path,
            title=_("Gift cards for %(name)s") % {"name": found.name},
            text=text,
            image=found.logo_url,
            data={"@type": "Store", "name": found.name, "url": meta.absolute(path), "address": found.address},
        ),
    }
    return render(request, "storefront/shop.html", context)


@require_safe
@public_page
def theme(request: HttpRequest, shop_slug: str) -> HttpResponse:
    """A shop's colours. Under its content's own name it is kept for ever, without one for a minute."""
    found = window.find_shop(shop_slug)
    age = _YEAR if request.GET.get("v") == found.version else 60
    return _kept(request, HttpResponse(found.css, content_type="text/css"), tag=found.version, age=age)


@require_safe
@public_page
def themes(request: HttpRequest) -> HttpResponse:
    """The colours of several shops, where their cards stand side by side."""
    slugs = request.GET.get("of", "").replace("\x00", "").split(",")[:MOST_SHOPS]
    css = window.themes_of(slugs)
    return _kept(request, HttpResponse(css, content_type="text/css"), tag=window.version_of(css), age=60)


@require_safe
@public_page
def logo(request: HttpRequest, shop_slug: str) -> HttpResponse:
    """A shop's logo: a PNG that we encoded ourselves."""
    png, name = window.find_logo(shop_slug)
    age = _YEAR if request.GET.get("v") == name[:12] else 60
    return _kept(request, HttpResponse(png, content_type="image/png"), tag=name[:32], age=age)


@require_safe
@public_page
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look without being told."""
    return HttpResponseRedirect(static("giftwell/art/mark.svg"))


def _kept(request: HttpRequest, response: HttpResponse, *, tag: str, age: int) -> HttpResponse:
    """Cacheable by anyone, and not sent again to whoever has it."""
    etag = f'"{tag}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={age}" + (", immutable" if age == _YEAR else "")
    return response
