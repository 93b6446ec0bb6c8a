"""Addresses of the wallet."""

from django.urls import path

from giftwell.interfaces.wallet import acts, card, cards, orders, proofs, top_up

app_name = "wallet"
urlpatterns = [
    path("", cards.cards, name="cards"),
    path("keep/", cards.keep, name="keep"),
    path("cards/<str:card_id>/", card.card, name="card"),
    path("cards/<str:card_id>/code/", card.code, name="card_code"),
    path("cards/<str:card_id>/freeze/", card.freeze, name="card_freeze"),
    path("cards/<str:card_id>/unfreeze/", card.unfreeze, name="card_unfreeze"),
    path("cards/<str:card_id>/top-up/", top_up.top_up, name="top_up"),
    path("cards/<str:card_id>/move/", acts.move, name="move"),
    path("cards/<str:card_id>/merge/", acts.merge, name="merge"),
    path("cards/<str:card_id>/split/", acts.split, name="split"),
    path("cards/<str:card_id>/lost/", acts.lost, name="lost"),
    path("cards/<str:card_id>/proof.json", proofs.proof, name="card_proof"),
    path("orders/", orders.orders, name="orders"),
]
