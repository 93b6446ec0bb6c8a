"""Addresses of sign-up, sign-in, passwords and onboarding; the names are the ones allauth reverses."""

from django.urls import path, re_path

from giftwell.interfaces.accounts import address, devices, factors, invitation, views

urlpatterns = [
    path("start/", views.start, name="start"),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("accounts/signup/", views.sign_up, name="account_signup"),
    path("accounts/inactive/", views.inactive, name="account_inactive"),
    path("accounts/confirm-email/", views.verification_sent, name="account_email_verification_sent"),
    re_path(r"^accounts/confirm-email/(?P<key>[-:\w]+)/$", views.verify, name="account_confirm_email"),
    path("accounts/link-again/", address.resend, name="account_resend"),
    path("accounts/address/", address.change, name="account_address"),
    path("accounts/address/confirm/<str:token>/", address.confirm, name="account_address_confirm"),
    path("accounts/login/second-factor/", factors.check, name="mfa_authenticate"),
    path("accounts/login/passkey/", factors.sign_in_by_passkey, name="mfa_login_webauthn"),
    path("accounts/login/passkey/options/", factors.passkey_options, name="account_passkey_options"),
    path("accounts/confirm/", factors.confirm, name="account_reauthenticate"),
    path("accounts/confirm/code/", factors.confirm_by_code, name="mfa_reauthenticate"),
    path("accounts/confirm/passkey/", factors.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("accounts/second-factor/", factors.factors, name="account_second_factor"),
    path("accounts/second-factor/app/", factors.add_app, name="account_add_app"),
    path("accounts/second-factor/passkey/", factors.add_passkey, name="account_add_passkey"),
    path("accounts/second-factor/backup-codes/", factors.backup_codes, name="account_backup_codes"),
    path("accounts/second-factor/<str:factor_id>/remove/", factors.remove, name="account_remove_factor"),
    path("accounts/devices/", devices.devices, name="account_devices"),
    path("accounts/devices/end-others/", devices.end_others, name="account_end_others"),
    path("accounts/devices/<str:device_id>/end/", devices.end_device, name="account_end_device"),
    path("accounts/invitation/", invitation.invitation, name="account_invitation"),
    path("accounts/invitation/<str:token>/", invitation.open_link, name="account_invitation_link"),
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
