"""When a card's validity is over: at the end of a day where the merchant is, and never before the law allows.

Pure: reads nothing, given what a program and a merchant are.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.validity import ValidityRule, rule_for
from giftwell.foundation.tenancy.models import Merchant


def expires_at(begins_at: datetime, program: Program, merchant: Merchant) -> datetime | None:
    """The last instant of a card that begins, or is loaded, at `begins_at`. None is for ever.

    The day of the beginning is not counted, so a holder never gets less than was promised. Where somebody
    pays for the value, it lasts at least as long as the rule of the merchant's country demands.
    """
    if program.validity_days is None:
        return None
    begins = begins_at.astimezone(ZoneInfo(merchant.time_zone)).date()
    last_day = begins + timedelta(days=program.validity_days)
    rule = lawful_rule(program, merchant, begins)
    if rule is not None:
        floor = rule.earliest_end(begins)
        if floor is None:
            return None
        last_day = max(last_day, floor)
    return end_of(last_day, merchant)


def lawful_rule(program: Program, merchant: Merchant, begins: date) -> ValidityRule | None:
    """The rule that a card of this program is under when it begins on this day, if there is one."""
    return rule_for(merchant.country, begins) if program.is_sold else None


def end_of(day: date, merchant: Merchant) -> datetime:
    """The last instant of a day where the merchant is."""
    return datetime.combine(day, time.max, tzinfo=ZoneInfo(merchant.time_zone))
