"""Addresses of the backoffice."""

from django.urls import path

from giftwell.interfaces.backoffice import books, goodwill, jobs, merchants, policy_reports

app_name = "backoffice"
urlpatterns = [
    path("", merchants.merchants, name="home"),
    path("merchants/<str:merchant_id>/", merchants.merchant, name="merchant"),
    path("goodwill/", goodwill.goodwill, name="goodwill"),
    path("goodwill/new/", goodwill.give, name="goodwill_give"),
    path("goodwill/<str:adjustment_id>/", goodwill.goodwill_one, name="goodwill_one"),
    path("goodwill/<str:adjustment_id>/approve/", goodwill.approve, name="goodwill_approve"),
    path("goodwill/<str:adjustment_id>/decline/", goodwill.decline, name="goodwill_decline"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("policy-reports/", policy_reports.policy_reports, name="policy_reports"),
    path("books/", books.books, name="books"),
]
