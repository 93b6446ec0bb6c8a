"""Addresses of the till. Cards and redemptions stand in them by their ids, never by a code."""

from django.urls import path

from giftwell.interfaces.till import (
    giving,
    hold_acts,
    holds,
    keypad,
    place,
    refunds,
    scan,
    tips,
    today,
    unsure,
)

app_name = "till"
urlpatterns = [
    path("", place.choose_shop, name="shops"),
    path("<slug:slug>/", scan.scan, name="scan"),
    path("<slug:slug>/place/", place.choose_place, name="place"),
    path("<slug:slug>/today/", today.today, name="today"),
    path("<slug:slug>/cards/<str:card_id>/", keypad.keypad, name="keypad"),
    path("<slug:slug>/cards/<str:card_id>/tip/", tips.tip, name="tip"),
    path("<slug:slug>/cards/<str:card_id>/hold/", holds.hold, name="hold"),
    path("<slug:slug>/cards/<str:card_id>/give/", giving.give, name="give"),
    path("<slug:slug>/holds/", holds.holds, name="holds"),
    path("<slug:slug>/holds/<str:hold_id>/", hold_acts.held, name="held"),
    path("<slug:slug>/holds/<str:hold_id>/change/", hold_acts.change, name="held_change"),
    path("<slug:slug>/holds/<str:hold_id>/let-go/", hold_acts.let_go, name="held_let_go"),
    path("<slug:slug>/check/", unsure.check, name="check"),
    path("<slug:slug>/check/<str:key>/", unsure.check, name="check_one"),
    path("<slug:slug>/check/<str:key>/undo/", unsure.undo, name="undo"),
    path("<slug:slug>/redemptions/<str:redemption_id>/", today.redemption, name="redemption"),
    path("<slug:slug>/redemptions/<str:redemption_id>/refund/", refunds.refund_page, name="refund"),
]
