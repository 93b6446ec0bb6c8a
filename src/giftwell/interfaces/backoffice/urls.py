"""Addresses of the backoffice."""

from django.urls import path

from giftwell.interfaces.backoffice import books, jobs, merchants

app_name = "backoffice"
urlpatterns = [
    path("", merchants.merchants, name="home"),
    path("merchants/<str:merchant_id>/", merchants.merchant, name="merchant"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("books/", books.books, name="books"),
]
