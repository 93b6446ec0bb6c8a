"""A program's rules can change; what its cards were sold under cannot."""

import pytest

from giftwell.domain.catalog.create_product import ProgramIsUnknown
from giftwell.domain.catalog.create_program import ProgramNameIsTaken
from giftwell.domain.catalog.edit_program import ProgramHasChanged, edit_program
from giftwell.domain.catalog.models import Program
from giftwell.domain.catalog.rules import ProgramIsInvalid
from giftwell.domain.catalog.set_up_shop import set_up_shop
from giftwell.foundation.audit.models import AuditRow
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.models import Merchant
from giftwell.foundation.tenancy.transactions import reading
from giftwell.kit.clock import now
from tests.factories.cards import make_sold_card, read
from tests.factories.catalog import escrow_of, make_program, make_shop, promo_of
from tests.factories.identity import TESTS, make_merchant

pytestmark = pytest.mark.django_db


def _edit(merchant: Merchant, program: Program, **wanted: object) -> Program:
    rules: dict[str, object] = {
        "name": program.name,
        "validity_days": program.validity_days,
        "min_value_minor": program.min_value_minor,
        "max_value_minor": program.max_value_minor,
        **wanted,
    }
    return edit_program(merchant=merchant, program_id=program.id, actor=TESTS, now=now(), **rules)  # type: ignore[arg-type]


def test_an_edit_holds_for_cards_to_come_and_leaves_those_that_exist() -> None:
    merchant = make_shop()
    card = make_sold_card(merchant)
    edited = _edit(merchant, escrow_of(merchant), validity_days=3000, max_spend_per_day_minor=2000)
    assert (edited.validity_days, edited.max_spend_per_day_minor, edited.version) == (3000, 2000, 2)
    assert (edited.commission_bps, edited.funding, edited.currency) == (500, "escrow", "EUR")
    assert read(card).expires_at == card.expires_at
    later, sooner = make_sold_card(merchant).expires_at, card.expires_at
    assert later is not None
    assert sooner is not None
    assert later > sooner
    assert _edit(merchant, edited).max_spend_per_day_minor is None
    with scope.merchant(merchant.id), reading():
        row = AuditRow.objects.filter(action="program.edited").earliest("at", "id")
    assert row.changes is not None
    assert row.changes["before"]["validity_days"] == 1826


def test_an_edit_over_somebody_elses_is_refused() -> None:
    merchant = make_shop()
    program = promo_of(merchant)
    _edit(merchant, program, expected_version=1)
    with pytest.raises(ProgramHasChanged):
        _edit(merchant, program, name="Mine", expected_version=1)


def test_an_edit_keeps_to_the_rules_and_to_the_law() -> None:
    merchant = make_shop()
    program = escrow_of(merchant)
    for wrong in ({"validity_days": 365}, {"max_balance_minor": 1}, {"min_value_minor": 0}):
        with pytest.raises(ProgramIsInvalid) as refusal:
            _edit(merchant, program, **wrong)
        assert list(refusal.value.errors) == list(wrong)
    with pytest.raises(ProgramNameIsTaken):
        _edit(merchant, program, name=promo_of(merchant).name)
    with scope.merchant(merchant.id), reading():
        assert Program.objects.get(id=program.id).version == 1


def test_another_merchants_program_is_not_there() -> None:
    with pytest.raises(ProgramIsUnknown):
        _edit(make_shop(), escrow_of(make_shop()))


def test_a_program_below_the_law_is_not_made_and_a_shop_opens_with_one_that_keeps_it() -> None:
    with pytest.raises(ProgramIsInvalid) as refusal:
        make_program(make_shop(), funding="direct", validity_days=1000)
    assert "IE-2019" in refusal.value.errors["validity_days"]
    canada = make_merchant(country="CA")
    set_up_shop(merchant=canada, actor=TESTS, now=now())
    assert escrow_of(canada).validity_days is None
    assert make_sold_card(canada).expires_at is None
