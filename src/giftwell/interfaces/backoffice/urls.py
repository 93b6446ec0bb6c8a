"""Addresses of the backoffice."""

from django.urls import path

from giftwell.interfaces.backoffice import books, jobs, merchants, policy_reports

app_name = "backoffice"
urlpatterns = [
    path("", merchants.merchants, name="home"),
    path("merchants/<str:merchant_id>/", merchants.merchant, name="merchant"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("policy-reports/", policy_reports.policy_reports, name="policy_reports"),
    path("books/", books.books, name="books"),
]
