"""The audit of the whole platform: who did or tried what, with files to take away."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.foundation.audit.verify_chain import newest_block
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.audit_pages import audit_context, audit_file
from giftwell.interfaces.common.pages import PageRequest, platform_page


@require_safe
@platform_page(Permission.PLATFORM_AUDIT)
def audit(request: PageRequest) -> HttpResponse:
    """Rows newest first, by the filter in the address."""
    context = {**audit_context(request, None), "place": "audit", "newest_block": newest_block()}
    return render(request, "backoffice/audit.html", context)


@require_safe
@platform_page(Permission.PLATFORM_AUDIT)
def audit_csv(request: PageRequest) -> HttpResponse:
    """The same rows for a spreadsheet."""
    return audit_file(request, None, "csv")


@require_safe
@platform_page(Permission.PLATFORM_AUDIT)
def audit_json(request: PageRequest) -> HttpResponse:
    """The same rows for a program."""
    return audit_file(request, None, "json")
