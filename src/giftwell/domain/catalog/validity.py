"""How long a card must be valid by the law of the merchant's country: dated rules, each with a name.

Pure. A rule holds for cards that begin on or after its day, and for value that somebody paid for: promotional
value given away is outside of every one of them. A country without a rule here leaves the term to contract.
This is a floor for software and no legal advice; a rule is added with its source, and never edited once cards
began under it: what changes gets a new rule with a later day.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ValidityRule:
    """The least validity that a law demands: whole years from the day a card begins, to the end of that year
    with `to_year_end`, or for ever where `years` is None.
    """

    code: str
    country: str
    since: date
    years: int | None
    source: str
    to_year_end: bool = False

    def earliest_end(self, begins: date) -> date | None:
        """The earliest last day of a card that begins on `begins`; None means that it may never end."""
        if self.years is None:
            return None
        if self.to_year_end:
            return date(begins.year + self.years, 12, 31)
        try:
            return begins.replace(year=begins.year + self.years)
        except ValueError:
            # From the 29th of February, five years on there is none: the day after is never too early.
            return date(begins.year + self.years, 3, 1)


RULES: tuple[ValidityRule, ...] = (
    ValidityRule(
        code="IE-2019",
        country="IE",
        since=date(2019, 12, 2),
        years=5,
        source="Consumer Protection (Gift Vouchers) Act 2019 (Ireland), in force 2 December 2019:"
        " at least five years from the day of issue",
    ),
    ValidityRule(
        code="US-2010",
        country="US",
        since=date(2010, 8, 22),
        years=5,
        source="Credit CARD Act of 2009, 15 U.S.C. 1693l-1(c); Regulation E, 12 CFR 1005.20(e):"
        " at least five years from the day of issue or of the last load. States may demand more",
    ),
    ValidityRule(
        code="DE-2002",
        country="DE",
        since=date(2002, 1, 1),
        years=3,
        to_year_end=True,
        source="Sections 195, 199(1) BGB (Germany): the claim is barred three years after the end of the year"
        " of issue; shorter terms fail section 307 BGB (OLG München, 17 January 2008, 29 U 3193/07)",
    ),
    ValidityRule(
        code="AU-2019",
        country="AU",
        since=date(2019, 11, 1),
        years=3,
        source="Australian Consumer Law, section 99B (Treasury Laws Amendment (Gift Cards) Act 2018):"
        " at least three years from the day of supply",
    ),
    ValidityRule(
        code="NZ-2026",
        country="NZ",
        since=date(2026, 3, 16),
        years=3,
        source="Fair Trading (Gift Card Expiry) Amendment Act 2024 (New Zealand), in force 16 March 2026:"
        " at least three years from the day of sale",
    ),
    ValidityRule(
        code="CA-2007",
        country="CA",
        since=date(2007, 10, 1),
        years=None,
        source="Consumer protection of the provinces, such as Ontario Regulation 17/05 on gift cards:"
        " a gift card that was paid for has no last day",
    ),
)


def rule_for(country: str, begins: date) -> ValidityRule | None:
    """The rule for paid value in `country` on a card that begins on this day, where one is known."""
    fitting = [rule for rule in RULES if rule.country == country and rule.since <= begins]
    return max(fitting, key=lambda rule: rule.since, default=None)


def least_days(rule: ValidityRule) -> int | None:
    """The least validity in days that a program may promise under a rule; None means for ever.

    Leap days and ends of years come on top, card by card.
    """
    return None if rule.years is None else rule.years * 365
