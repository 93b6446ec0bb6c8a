"""Addresses of sign-up, sign-in, passwords and onboarding; the names are the ones allauth reverses."""

from django.urls import path, re_path

from giftwell.interfaces.accounts import views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("accounts/signup/", views.sign_up, name="account_signup"),
    path("accounts/inactive/", views.inactive, name="account_inactive"),
    path("accounts/confirm-email/", views.verification_sent, name="account_email_verification_sent"),
    re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", views.verify, name="account_confirm_email"),
    path("accounts/password/change/", views.change_password, name="account_change_password"),
    path("accounts/password/reset/", views.ask_for_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", views.reset_asked, name="account_reset_password_done"),
    path(
        "accounts/password/reset/key/done/", views.password_set, name="account_reset_password_from_key_done"
    ),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.set_password,
        name="account_reset_password_from_key",
    ),
]
