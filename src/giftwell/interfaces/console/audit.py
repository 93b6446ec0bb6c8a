"""The merchant's own part of the audit: who did or tried what here, with files to take away."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.audit_pages import audit_context, audit_file
from giftwell.interfaces.common.pages import PageRequest, merchant_page
from giftwell.interfaces.console.shown import show


@require_safe
@merchant_page(Permission.AUDIT_VIEW)
def audit(request: PageRequest, slug: str) -> HttpResponse:
    """Rows newest first, by the filter in the address."""
    return show(request, "console/audit/list.html", "audit", **audit_context(request, request.merchant.id))


@require_safe
@merchant_page(Permission.AUDIT_VIEW)
def audit_csv(request: PageRequest, slug: str) -> HttpResponse:
    """The same rows for a spreadsheet."""
    return audit_file(request, request.merchant.id, "csv")


@require_safe
@merchant_page(Permission.AUDIT_VIEW)
def audit_json(request: PageRequest, slug: str) -> HttpResponse:
    """The same rows for a program."""
    return audit_file(request, request.merchant.id, "json")
