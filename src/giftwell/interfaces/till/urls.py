"""Addresses of the till. Cards and redemptions stand in them by their ids, never by a code."""

from django.urls import path

from giftwell.interfaces.till import keypad, place, refunds, scan, today

app_name = "till"
urlpatterns = [
    path("", place.choose_shop, name="shops"),
    path("<slug:slug>/", scan.scan, name="scan"),
    path("<slug:slug>/place/", place.choose_place, name="place"),
    path("<slug:slug>/today/", today.today, name="today"),
    path("<slug:slug>/cards/<str:card_id>/", keypad.keypad, name="keypad"),
    path("<slug:slug>/redemptions/<str:redemption_id>/", today.redemption, name="redemption"),
    path("<slug:slug>/redemptions/<str:redemption_id>/refund/", refunds.refund_page, name="refund"),
]
