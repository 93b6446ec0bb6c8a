"""The figures on a console's first page, in the merchant's own currency."""

from dataclasses import dataclass
from datetime import datetime

from giftwell.domain.reports.liability import Owed, liability, owed_by_age, owed_by_funding, owed_in
from giftwell.domain.reports.turnover import DayFigures, turnover
from giftwell.foundation.tenancy.models import Merchant
from giftwell.kit.money import Money


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """Everything the first page shows. `days` ends with today; `elsewhere` is owed in other currencies."""

    owed: Owed
    elsewhere: list[Owed]
    by_age: list[Owed]
    by_funding: list[Owed]
    days: list[DayFigures]

    @property
    def today(self) -> DayFigures:
        """The merchant's day so far."""
        return self.days[-1]

    @property
    def sold(self) -> Money:
        """Sold over all the days."""
        return _sum([day.sold for day in self.days])

    @property
    def redeemed(self) -> Money:
        """Redeemed over all the days, before refunds."""
        return _sum([day.redeemed for day in self.days])


def home_figures(merchant: Merchant, now: datetime, *, days: int = 30) -> HomeFigures:
    """The figures of one merchant over the last `days` of its days; read in its scope."""
    currency = merchant.currency
    slices = liability(merchant.id, now)
    others = sorted({one.outstanding.currency for one in slices} - {currency})
    return HomeFigures(
        owed=owed_in(slices, currency),
        elsewhere=[owed_in(slices, other) for other in others],
        by_age=owed_by_age(slices, currency),
        by_funding=owed_by_funding(slices, currency),
        days=turnover(merchant, currency, now, days=days),
    )


def _sum(amounts: list[Money]) -> Money:
    total = amounts[0]
    for amount in amounts[1:]:
        total += amount
    return total
