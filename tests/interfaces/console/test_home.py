"""The first page: figures that are true, and what waits for a person."""

import csv
import io

from django.test import Client

from giftwell.domain.delivery.send_gift import send_gifts
from giftwell.foundation.messaging.models import Message
from giftwell.foundation.tenancy import scope
from giftwell.foundation.tenancy.transactions import transaction
from giftwell.interfaces.console import charts
from giftwell.kit.clock import now
from tests.factories.identity import TESTS
from tests.factories.orders import Shop, make_paid_order
from tests.interfaces.console.conftest import Desk


def test_the_figures_of_the_day_are_those_of_the_books(desk: Desk) -> None:
    answer = desk.browser.get(desk.home)
    figures = answer.context["figures"]
    assert figures.today.sold.amount_minor == 4500
    assert figures.today.redeemed.amount_minor == 2000
    assert figures.owed.outstanding.amount_minor == 3000 + 1000
    assert figures.owed.cards == 2
    page = answer.content.decode()
    for shown in ("€45<", "€20<", "€40<"):
        assert f'<dd class="figure">{shown}span class="minor">.00' in page


def test_a_longer_period_is_drawn_by_weeks_and_an_unknown_one_is_the_usual(desk: Desk) -> None:
    for days, bars in (("14", 14), ("91", 13), ("365", 53), ("7", 14), ("x", 14)):
        answer = desk.browser.get(desk.home, {"days": days})
        assert len(answer.context["rows"]) == bars


def test_the_download_has_a_line_a_day_and_the_same_sums(desk: Desk) -> None:
    answer = desk.browser.get(desk.at("figures.csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert len(rows) == 14
    assert (rows[-1]["sold"], rows[-1]["redeemed"]) == ("45.00", "20.00")


def test_a_new_shop_is_led_to_its_first_card(empty: tuple[Client, str]) -> None:
    browser, home = empty
    answer = browser.get(home)
    assert not any(step.is_done for step in answer.context["steps"])
    assert "Opening your shop" in answer.content.decode()


def test_a_shop_that_sells_is_not_led_any_more(desk: Desk) -> None:
    assert "Opening your shop" not in desk.page("")


def test_nothing_needs_attention_until_something_does(desk: Desk) -> None:
    assert "Needs attention" not in desk.page("")
    make_paid_order(Shop(desk.merchant, desk.product))
    page = desk.page("")
    assert "1 paid order has no cards yet" in page
    send_gifts(merchant_id=desk.merchant.id, order_id=desk.order.id, actor=TESTS, now=now())
    with scope.merchant(desk.merchant.id), transaction():
        Message.objects.filter(merchant=desk.merchant, kind="gift").update(
            state=Message.State.DEAD, context_encrypted=None
        )
    assert "1 gift could not be sent" in desk.page("")
    assert desk.order.number in desk.page("orders/?status=unsent")


def test_a_charts_top_is_round_and_holds_the_highest_bar() -> None:
    for highest in (1, 3, 4, 5, 99, 127_500, 999_999_999_999):
        top = charts.ceiling(highest)
        assert highest <= top
        assert top % charts.GRIDLINES == 0


def test_bars_stand_inside_the_drawing_and_nothing_draws_no_bar() -> None:
    chart = charts.bars([(0, 0), (5, 0), (0, 10)], ["a", "b", "c"], str, charts.NARROW)
    assert (len(chart.first), len(chart.second)) == (1, 1)
    assert [one.text for one in chart.labels] == ["a", "b", "c"]
    year = charts.bars([(1, 1)] * 53, [str(one) for one in range(53)], str, charts.WIDE)
    assert len(year.labels) <= charts.WIDE.labels
    assert year.labels[-1].is_last


def test_shares_fill_the_bar_and_skip_what_is_nothing() -> None:
    parts = charts.shares([1, 0, 3], width=402)
    assert parts == [(0.0, 100.0), (102.0, 0.0), (102.0, 300.0)]
    assert charts.shares([0, 0]) == [(0.0, 0.0), (0.0, 0.0)]
