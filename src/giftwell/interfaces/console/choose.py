"""Which shop's desk? Asked only where somebody works for several."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from giftwell.foundation.identity.find_memberships import find_memberships
from giftwell.interfaces.common.access import Permission, permissions_at
from giftwell.interfaces.common.pages import PageRequest, person_page


@person_page
def choose(request: PageRequest) -> HttpResponse:
    """The shops this person runs; the only one is opened at once."""
    places = find_memberships(request.user.pk)
    desks = [one for one in places if Permission.CONSOLE_VIEW in permissions_at(one)]
    live = [one for one in desks if not one.is_sandbox]
    if len(live) == 1 and not live[0].is_suspended:
        return redirect("console:home", live[0].slug)
    return render(request, "console/choose.html", {"desks": live or desks})
