"""Addresses of the backoffice."""

from django.urls import path

from giftwell.interfaces.backoffice import (
    audit,
    books,
    goodwill,
    jobs,
    merchants,
    people,
    people_acts,
    policy_reports,
)

app_name = "backoffice"
urlpatterns = [
    path("", merchants.merchants, name="home"),
    path("merchants/<str:merchant_id>/", merchants.merchant, name="merchant"),
    path("goodwill/", goodwill.goodwill, name="goodwill"),
    path("goodwill/new/", goodwill.give, name="goodwill_give"),
    path("goodwill/<str:adjustment_id>/", goodwill.goodwill_one, name="goodwill_one"),
    path("goodwill/<str:adjustment_id>/approve/", goodwill.approve, name="goodwill_approve"),
    path("goodwill/<str:adjustment_id>/decline/", goodwill.decline, name="goodwill_decline"),
    path("people/", people.people, name="people"),
    path("people/<str:person_id>/", people.person, name="person"),
    path("people/<str:person_id>/deactivate/", people_acts.deactivate, name="person_deactivate"),
    path("people/<str:person_id>/reactivate/", people_acts.reactivate, name="person_reactivate"),
    path("people/<str:person_id>/sessions/end/", people_acts.end, name="person_end_sessions"),
    path("people/<str:person_id>/tries/clear/", people_acts.clear, name="person_clear_tries"),
    path("people/<str:person_id>/second-factor/days/", people_acts.give_days, name="person_give_days"),
    path("people/<str:person_id>/second-factor/ask/", people_acts.ask, name="person_ask_reset"),
    path("people/<str:person_id>/second-factor/reset/", people_acts.reset, name="person_reset"),
    path("people/<str:person_id>/second-factor/drop/", people_acts.drop, name="person_drop_reset"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("policy-reports/", policy_reports.policy_reports, name="policy_reports"),
    path("books/", books.books, name="books"),
    path("audit/", audit.audit, name="audit"),
    path("audit/export.csv", audit.audit_csv, name="audit_csv"),
    path("audit/export.json", audit.audit_json, name="audit_json"),
]
