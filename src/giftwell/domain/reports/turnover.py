"""What was sold and what was redeemed, by the merchant's days.

Sold is what orders fulfilled that day were priced at; redeemed is what tills took that day, before refunds,
which are a day's figure of their own. Cards given away are not sold. What was reversed since counts nowhere:
it is as if it had not been.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from giftwell.domain.orders.models import Order, OrderLine
from giftwell.domain.redemption.models import Redemption, Refund
from giftwell.domain.reports.days import beginning, last_days
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.money import Money

LONGEST = 366


@dataclass(frozen=True, slots=True)
class DayFigures:
    """One day at the merchant's."""

    day: date
    sold: Money
    cards_sold: int
    redeemed: Money
    redemptions: int
    refunded: Money

    @property
    def net_redeemed(self) -> Money:
        """What tills took, less what they gave back that day; negative where more was given back."""
        return self.redeemed - self.refunded


def turnover(merchant: Merchant, currency: str, now: datetime, *, days: int) -> list[DayFigures]:
    """The last `days` days with today, oldest first, every day present. At most 366."""
    wanted = last_days(now, min(days, LONGEST), merchant.time_zone)
    since = beginning(wanted[0], merchant.time_zone)
    until = beginning(wanted[-1] + timedelta(days=1), merchant.time_zone)
    sold = _sold(merchant, currency, since, until)
    redeemed = _redeemed(merchant, currency, since, until)
    refunded = _refunded(merchant, currency, since, until)
    nothing = (0, 0)
    return [
        DayFigures(
            day=day,
            sold=Money(sold.get(day, nothing)[0], currency),
            cards_sold=sold.get(day, nothing)[1],
            redeemed=Money(redeemed.get(day, nothing)[0], currency),
            redemptions=redeemed.get(day, nothing)[1],
            refunded=Money(refunded.get(day, nothing)[0], currency),
        )
        for day in wanted
    ]


Sums = dict[date, tuple[int, int]]


def _sold(merchant: Merchant, currency: str, since: datetime, until: datetime) -> Sums:
    lines = OrderLine.objects.filter(
        merchant=merchant,
        currency=currency,
        order__status=Order.Status.FULFILLED,
        order__fulfilled_at__gte=since,
        order__fulfilled_at__lt=until,
    )
    day = TruncDate("order__fulfilled_at", tzinfo=ZoneInfo(merchant.time_zone))
    rows = lines.order_by().values(day=day).annotate(minor=Sum("price_minor"), number=Count("id"))
    return {row["day"]: (int(row["minor"]), row["number"]) for row in rows}


def _redeemed(merchant: Merchant, currency: str, since: datetime, until: datetime) -> Sums:
    made = Redemption.objects.filter(
        merchant_id=merchant.id, currency=currency, redeemed_at__gte=since, redeemed_at__lt=until,
        reversed_at=None,
    )  # fmt: skip
    day = TruncDate("redeemed_at", tzinfo=ZoneInfo(merchant.time_zone))
    rows = made.order_by().values(day=day).annotate(minor=Sum("amount_minor"), number=Count("id"))
    return {row["day"]: (int(row["minor"]), row["number"]) for row in rows}


def _refunded(merchant: Merchant, currency: str, since: datetime, until: datetime) -> Sums:
    given = Refund.objects.filter(
        merchant_id=merchant.id, currency=currency, refunded_at__gte=since, refunded_at__lt=until,
        reversed_at=None,
    )  # fmt: skip
    day = TruncDate("refunded_at", tzinfo=ZoneInfo(merchant.time_zone))
    rows = given.order_by().values(day=day).annotate(minor=Sum("amount_minor"), number=Count("id"))
    return {row["day"]: (int(row["minor"]), row["number"]) for row in rows}
