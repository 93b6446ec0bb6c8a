"""Addresses for those who run the platform."""

from django.urls import path

from giftwell.interfaces.ops import health, metrics, outbox, policy_reports

app_name = "ops"
urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("policy-reports/", policy_reports.policy_reports, name="policy_reports"),
    path("outbox/", outbox.mails, name="outbox"),
    path("outbox/<str:mail_id>/", outbox.mail, name="outbox_mail"),
    path("outbox/<str:mail_id>/html", outbox.mail_html, name="outbox_mail_html"),
]
