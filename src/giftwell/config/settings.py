"""Django's settings, all of them made from `environment` and `secrets`."""

import logging
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP

from giftwell.config import secrets as held
from giftwell.config.environment import ROOT, environment
from giftwell.config.logging import logging_settings
from giftwell.config.mail import mailers
from giftwell.interfaces.common.headers import REPORTING_GROUP, REPORTS_PATH

ENVIRONMENT = environment()
_SECRETS = held.load(ENVIRONMENT)

DEBUG = False
SECRET_KEY = _SECRETS.secret_key
KEYRINGS = {
    purpose: held.keyring(_SECRETS, purpose)
    for purpose in ("card_codes", "messages", "credentials", "second_factors")
}
LOOKUP_KEYS = {
    purpose: held.lookup_key(_SECRETS, purpose) for purpose in ("code", "token", "fingerprint", "api_key")
}
SANDBOX_PROCESSOR_SECRET = _SECRETS.sandbox_processor_secret

BASE_URL = ENVIRONMENT.public_url
DATA_DIR = ENVIRONMENT.data_dir
OUTBOX_OPEN = ENVIRONMENT.outbox_open
METRICS_TOKEN = ENVIRONMENT.metrics_token
EMAIL_FROM = DEFAULT_FROM_EMAIL = ENVIRONMENT.email_from
MAILERS = mailers(ENVIRONMENT.email_url)
# Without EMAIL_URL there is no mailer on purpose: mail stays in the outbox.
SILENCED_SYSTEM_CHECKS = ["mail.W001"]
_HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "", "127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS += [host.strip() for host in ENVIRONMENT.allowed_hosts.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# Floors from the ground up, as docs/map.md draws them.
GIFTWELL_APPS = [
    "giftwell.foundation.tenancy",
    "giftwell.foundation.audit",
    "giftwell.foundation.events",
    "giftwell.foundation.idempotency",
    "giftwell.foundation.messaging",
    "giftwell.foundation.identity",
    "giftwell.domain.ledger",
    "giftwell.domain.catalog",
    "giftwell.domain.cards",
    "giftwell.domain.bulk",
    "giftwell.domain.payments",
    "giftwell.domain.redemption",
    "giftwell.domain.delivery",
    "giftwell.domain.orders",
    "giftwell.domain.reports",
    "giftwell.interfaces.common",
    "giftwell.interfaces.accounts",
    "giftwell.interfaces.storefront",
    "giftwell.interfaces.wallet",
    "giftwell.interfaces.till",
    "giftwell.interfaces.console",
    "giftwell.interfaces.backoffice",
    "giftwell.interfaces.api",
    "giftwell.interfaces.inbound",
    "giftwell.interfaces.jobs",
    "giftwell.interfaces.ops",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "procrastinate.contrib.django",
    "django_structlog",
    *GIFTWELL_APPS,
    # Behind ours, whose account pages stand in for its own.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
# Whose word counts for who is calling, and from where the backoffice opens (nothing: from everywhere).
TRUSTED_PROXIES = [one for one in ENVIRONMENT.trusted_proxies.split(",") if one]
BACKOFFICE_NETWORKS = [one for one in ENVIRONMENT.backoffice_networks.split(",") if one]
MIDDLEWARE = [
    "giftwell.interfaces.common.client_address.ClientAddress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "giftwell.interfaces.common.headers.HeadersMiddleware",
    "giftwell.interfaces.common.request_id.RequestIdMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "giftwell.interfaces.api.middleware.ApiProblems",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
ROOT_URLCONF = "giftwell.config.urls"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

_DATABASE = urlsplit(ENVIRONMENT.database_url or "postgresql://giftwell_app@/giftwell")
_QUERY = dict(pair.partition("=")[::2] for pair in _DATABASE.query.split("&") if pair)
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(_DATABASE.path.lstrip("/")),
        "USER": unquote(_DATABASE.username or ""),
        "PASSWORD": unquote(_DATABASE.password or ""),
        "HOST": unquote(_QUERY.pop("host", "")) or unquote(_DATABASE.hostname or ""),
        "PORT": str(_DATABASE.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            # A transaction left open stalls the horizon behind which the ledger is folded and sealed.
            "options": "-c idle_in_transaction_session_timeout=30000"
            " -c statement_timeout=30000 -c lock_timeout=5000",
            "pool": {"min_size": 1, "max_size": 20, "timeout": 10},
            **{key: unquote(value) for key, value in _QUERY.items()},
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENVIRONMENT.cache_url,
        # A cache that hangs must not hang what asks it.
        "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},
    }
    if ENVIRONMENT.cache_url
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

AUTH_USER_MODEL = "identity.User"
SESSION_ENGINE = "giftwell.interfaces.common.session_store"
SESSION_COOKIE_AGE = 14 * 24 * 3600
# Minutes without a request, and minutes in all, before a role has to sign in again.
SESSION_LIMITS = ENVIRONMENT.session_limits
SESSION_COOKIE_NAME = "giftwell_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_NAME = "giftwell_csrf"
CSRF_COOKIE_HTTPONLY = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "giftwell.foundation.identity.password_validator.OurPasswordPolicy"}]
PASSWORD_POLICY = ENVIRONMENT.password_policy
PASSWORD_RESET_TIMEOUT = 3600
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/wallet/"
CSRF_FAILURE_VIEW = "giftwell.interfaces.common.error_pages.csrf_failure"
ACCOUNT_ADAPTER = "giftwell.interfaces.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
# Nobody gets a mail because a stranger typed their address into "forgot the password".
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_SESSION_REMEMBER = True
# A stranger who knows an address makes us write to it a few times and not without end.
# Failures are counted by ours (`take_try`), in the database and over all ways in, so not by allauth as well.
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip",
    "login_failed": "",
    "reset_password": "20/m/ip,5/h/key",
    "confirm_email": "1/180s/key,10/d/key",
}
# So many failed sign-ins a minute are never called a flood, however quiet the day was.
SIGN_IN_FLOOD_FLOOR = 300
ACCOUNT_FORMS = {
    "login": "giftwell.interfaces.accounts.forms.SignInForm",
    "signup": "giftwell.interfaces.accounts.forms.SignUpForm",
    "reset_password": "giftwell.interfaces.accounts.forms.AskForResetForm",
    "reset_password_from_key": "giftwell.interfaces.accounts.forms.NewPasswordForm",
    "change_password": "giftwell.interfaces.accounts.forms.ChangePasswordForm",
    "reauthenticate": "giftwell.interfaces.accounts.forms.ConfirmForm",
}
MFA_ADAPTER = "giftwell.interfaces.accounts.passkey_adapter.PasskeyAdapter"
# Backup codes are ours: allauth would keep them so that they can be read again.
MFA_SUPPORTED_TYPES = ["totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_FORMS = {
    "authenticate": "giftwell.interfaces.accounts.factor_forms.CodeForm",
    "reauthenticate": "giftwell.interfaces.accounts.factor_forms.ConfirmByCodeForm",
    "authenticate_webauthn": "giftwell.interfaces.accounts.factor_forms.PasskeyForm",
    "reauthenticate_webauthn": "giftwell.interfaces.accounts.factor_forms.ConfirmByPasskeyForm",
    "login_webauthn": "giftwell.interfaces.accounts.factor_forms.SignInByPasskeyForm",
    "add_webauthn": "giftwell.interfaces.accounts.factor_forms.NewPasskeyForm",
}
SECOND_FACTOR_GRACE_DAYS = ENVIRONMENT.second_factor_grace_days

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    # No address but the page's own tags: what somebody uploaded or reflected here can never run.
    "script-src": [CSP.NONCE],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "report-uri": [REPORTS_PATH],
    "report-to": [REPORTING_GROUP],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_HANDLERS = [
    "giftwell.interfaces.common.uploads.Bounded",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "giftwell.interfaces.common.bundle.OneSheetStorage"},
}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
LOGGING = logging_settings(ENVIRONMENT.log_level)
LOGGING_CONFIG = "logging.config.dictConfig"
# The id was judged by RequestIdMiddleware; a start line for each request would double the logs.
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
# It would believe X-Forwarded-For from anyone.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
