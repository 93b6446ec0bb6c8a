"""Addresses that payment processors know, and the sandbox processor's page."""

from django.urls import path

from giftwell.interfaces.inbound import payments, sandbox

app_name = "inbound"
urlpatterns = [
    path("inbound/payments/<str:gateway_name>/", payments.hear, name="payments"),
    path("sandbox-processor/pay/<str:reference>/", sandbox.pay, name="sandbox_pay"),
]
