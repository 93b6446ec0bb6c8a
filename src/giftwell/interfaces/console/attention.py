"""What needs a person, and what a new shop does next. Read inside the caller's `reading()`."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from giftwell.domain.cards.models import Adjustment, Card
from giftwell.domain.cards.queries import adjustments_of, open_adjustments
from giftwell.domain.catalog.models import Brand, Product
from giftwell.domain.orders.models import Order
from giftwell.domain.payments.models import Payment
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy.models import Merchant


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing that waits for a person, and the way to it."""

    symbol: str
    tone: str
    title: str
    text: str
    href: str
    action: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of opening a shop."""

    word: str
    href: str
    action: str
    is_done: bool


def attention(merchant: Merchant) -> list[Todo]:
    """Gifts whose mail was given up, and orders whose money arrived and whose cards did not."""
    found = []
    dead = Message.objects.filter(merchant=merchant, kind="gift", state=Message.State.DEAD).count()
    if dead:
        title = ngettext("%(count)s gift could not be sent", "%(count)s gifts could not be sent", dead)
        text = _("Their addresses do not work. Each buyer has the gift's link on the page of the order.")
        href = reverse("console:orders", args=[merchant.slug]) + "?status=unsent"
        found.append(Todo("mail", "bad", title % {"count": dead}, text, href, _("See these orders")))
    paid = Payment.objects.filter(merchant=merchant, status=Payment.Status.SUCCEEDED).values("order_id")
    stuck = Order.objects.filter(merchant=merchant, status=Order.Status.PENDING, id__in=paid).count()
    if stuck:
        title = ngettext(
            "%(count)s paid order has no cards yet", "%(count)s paid orders have no cards yet", stuck
        )
        text = _("They follow by themselves in a moment. If they stay, tell the platform.")
        href = reverse("console:orders", args=[merchant.slug]) + "?status=pending"
        found.append(Todo("clock", "warn", title % {"count": stuck}, text, href, _("See these orders")))
    return found


def undecided(merchant: Merchant, at: datetime) -> list[Todo]:
    """Adjustments that wait for a second person, for those who may be one."""
    mine = adjustments_of(merchant.id).filter(source=Adjustment.Source.MERCHANT)
    waiting = open_adjustments(mine, at).count()
    if not waiting:
        return []
    title = ngettext(
        "%(count)s adjustment waits for a second person",
        "%(count)s adjustments wait for a second person",
        waiting,
    )
    text = _("Nothing moves before somebody else than who asked has approved it.")
    href = reverse("console:adjustments", args=[merchant.slug]) + "?show=open"
    return [Todo("pencil", "warn", title % {"count": waiting}, text, href, _("Decide"))]


def checklist(merchant: Merchant) -> list[Step]:
    """The steps from an empty shop to the first card sold."""
    products = Product.objects.filter(merchant=OuterRef("pk"))
    cards = Card.objects.filter(merchant=OuterRef("pk"), order_line_id__isnull=False)
    brands = Brand.objects.filter(merchant=OuterRef("pk"))
    dressed, made, published, sold = (
        Merchant.objects.filter(pk=merchant.pk)
        .values_list(
            Exists(brands.exclude(logo_hash="", tagline="")),
            Exists(products),
            Exists(products.filter(status=Product.PUBLISHED)),
            Exists(cards.filter(activated_at__isnull=False)),
        )
        .get()
    )
    slug = merchant.slug
    shelf = reverse("console:products", args=[slug])
    return [
        Step(_("Dress your cards: colours, logo, a line about you"), reverse("console:brand", args=[slug]),
             _("Set your brand"), dressed),
        Step(_("Make a product: a value, and what it costs"), reverse("console:product_new", args=[slug]),
             _("Make a product"), made),
        Step(_("Publish it"), shelf, _("See your products"), published),
        Step(_("Sell the first card: open your shop and send its address to a friend"), f"/shops/{slug}/",
             _("Open your shop"), sold),
    ]  # fmt: skip
