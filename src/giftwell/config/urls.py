"""Every address of the platform, by interface; each interface lists its own."""

from django.urls import URLPattern, URLResolver, include, path

from giftwell.config.openapi import document
from giftwell.interfaces.api.reference import document_view, reference_view

_PARTS = {
    "giftwell.interfaces.accounts.urls": "",
    "giftwell.interfaces.wallet.urls": "wallet/",
    "giftwell.interfaces.till.urls": "till/",
    "giftwell.interfaces.console.urls": "console/",
    "giftwell.interfaces.backoffice.urls": "backoffice/",
    "giftwell.interfaces.inbound.urls": "",
    "giftwell.interfaces.ops.urls": "",
    "giftwell.interfaces.api.urls": "",
    "giftwell.interfaces.storefront.urls": "",
}


urlpatterns: list[URLPattern | URLResolver] = [
    path("v1/openapi.json", document_view(document), name="openapi"),
    path("docs/api", reference_view(document), name="api_reference"),
    *(path(prefix, include(module)) for module, prefix in _PARTS.items()),
]

handler400 = "giftwell.interfaces.common.error_pages.bad_request"
handler403 = "giftwell.interfaces.common.error_pages.permission_denied"
handler404 = "giftwell.interfaces.common.error_pages.page_not_found"
handler429 = "giftwell.interfaces.common.error_pages.too_many_requests"
handler500 = "giftwell.interfaces.common.error_pages.server_error"
