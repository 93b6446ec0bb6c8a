"""How the jobs run: how many of each wait, run, are done or gave up, as the queue's own table says."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateJob

from giftwell.foundation.tenancy.transactions import reading
from giftwell.interfaces.common.access import Permission
from giftwell.interfaces.common.pages import PageRequest, platform_page


@require_safe
@platform_page(Permission.PLATFORM_JOBS)
def jobs(request: PageRequest) -> HttpResponse:
    """One line per task and state."""
    with reading():
        lines = list(
            ProcrastinateJob.objects.values("task_name", "status")
            .annotate(times=Count("id"))
            .order_by("task_name", "status")
        )
    return render(request, "backoffice/jobs.html", {"place": "jobs", "lines": lines})
