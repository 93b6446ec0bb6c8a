"""What browsers reported of the content policy, newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from giftwell.foundation.audit.policy_reports import newest_policy_reports
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, platform_page

_SHOWN = 100


@require_safe
@platform_page(Permission.PLATFORM_VIEW)
def policy_reports(request: PageRequest) -> HttpResponse:
    """The newest hundred."""
    context = {"place": "policy", "reports": newest_policy_reports(limit=_SHOWN)}
    return render(request, "backoffice/policy_reports.html", context)
