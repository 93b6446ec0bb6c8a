"""Addresses of the wallet."""

from django.urls import path

from giftwell.interfaces.wallet import cards, orders, proofs

app_name = "wallet"
urlpatterns = [
    path("", cards.cards, name="cards"),
    path("keep/", cards.keep, name="keep"),
    path("cards/<str:card_id>/proof.json", proofs.proof, name="card_proof"),
    path("orders/", orders.orders, name="orders"),
]
