"""What follows from how people get in."""

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from giftwell.foundation.events.models import Event
from giftwell.foundation.identity.alert_admins import alert_admins
from giftwell.interfaces.jobs.reaction import reaction
from giftwell.kit.actor import Actor
from giftwell.kit.clock import now


@reaction("people.alert_of_flood")
def alert_of_flood(event: Event) -> None:
    """Tell the platform's admins that passwords are being guessed over many accounts."""
    alert_admins(
        headline=_("Far more wrong passwords than usual"),
        text=_(
            "Somebody is trying passwords over many accounts. Until it is over, browsers that we have not "
            "seen before are turned away as if the password were wrong; known ones and links by mail work."
        ),
        link=settings.BASE_URL + reverse("backoffice:people"),
        cause=event.subject,
        actor=Actor.system("people.alert_of_flood"),
        now=now(),
    )
