"""The public addresses. Of a shop's own, the fixed ones come before the slug of a product."""

from django.urls import path

from giftwell.interfaces.storefront import balances, gifts, orders, products, proofs, shops, small_print

app_name = "storefront"
urlpatterns = [
    path("", shops.home, name="home"),
    path("themes.css", shops.themes, name="themes"),
    path("favicon.ico", shops.favicon, name="favicon"),
    path("robots.txt", small_print.robots, name="robots"),
    path("sitemap.xml", small_print.sitemap, name="sitemap"),
    path(".well-known/security.txt", small_print.security, name="security"),
    path("terms/", small_print.page, {"name": "terms"}, name="terms"),
    path("refunds/", small_print.page, {"name": "refunds"}, name="refunds"),
    path("privacy/", small_print.page, {"name": "privacy"}, name="privacy"),
    path("accessibility/", small_print.page, {"name": "accessibility"}, name="accessibility"),
    path("proofs/", proofs.proofs, name="proofs"),
    path("proofs/blocks.json", proofs.blocks_json, name="blocks"),
    path("proofs/check_proof.py", proofs.check_file, name="check_proof"),
    path("shops/<slug:shop_slug>/", shops.shop, name="shop"),
    path("shops/<slug:shop_slug>/theme.css", shops.theme, name="theme"),
    path("shops/<slug:shop_slug>/logo.png", shops.logo, name="logo"),
    path("shops/<slug:shop_slug>/balance/", balances.balance, name="balance"),
    path("shops/<slug:shop_slug>/<slug:product_slug>/", products.product, name="product"),
    path("orders/<str:token>/", orders.order, name="order"),
    path("orders/<str:token>/state/", orders.state, name="order_state"),
    path("orders/<str:token>/pay/", orders.pay, name="order_pay"),
    path("gift/<str:token>/", gifts.gift, name="gift"),
]
