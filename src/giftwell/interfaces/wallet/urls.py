"""Addresses of the wallet."""

from django.urls import path

from giftwell.interfaces.wallet import cards, orders

app_name = "wallet"
urlpatterns = [
    path("", cards.cards, name="cards"),
    path("keep/", cards.keep, name="keep"),
    path("orders/", orders.orders, name="orders"),
]
