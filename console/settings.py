"""Django's settings, all derived from the environment that `console/environment.py` checked."""

import hashlib
import logging
import os
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from csp.constants import NONE, SELF

from console import environment as _environment
from console import secret_key
from console.hints.layers import redis_hosts

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = _environment.read()

# Identity and safety
SECRET_KEY = secret_key.of(ENVIRONMENT)
SECRET_KEY_FALLBACKS = list(ENVIRONMENT.secret_key_fallbacks)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = list(ENVIRONMENT.allowed_hosts)
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
BATON_URL = ENVIRONMENT.url
PACKAGE_BYTES_MAX = ENVIRONMENT.package_bytes_max
CALLS_PER_MINUTE = ENVIRONMENT.calls_per_minute
KEEP_ATTEMPTS_DAYS = ENVIRONMENT.keep_attempts_days
CALLBACK_PRIVATE_ADDRESSES = ENVIRONMENT.callback_private_addresses
HARD_RULES = ENVIRONMENT.hard_rules
LINK_HOSTS = ENVIRONMENT.link_hosts
METRICS_TOKEN = ENVIRONMENT.metrics_token
DATA_UPLOAD_MAX_MEMORY_SIZE = PACKAGE_BYTES_MAX

_COOKIE_PREFIX = "__Host-" if ENVIRONMENT.https else ""
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if ENVIRONMENT.https else 0
# Anybody could send this header, so it is believed only where a proxy must stand in front.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# Parts
INSTALLED_APPS = [
    "console",
    "escalations",
    "routing",
    "metrics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_structlog",
]
MIDDLEWARE = [
    # Outermost, so that what any of the others answers is counted.
    "console.figures.count_requests",
    "escalations.api.problems.middleware",
    "escalations.api.coded.middleware",
    "console.pages.unreadable.middleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.pages.fragments.middleware",
    "django_structlog.middlewares.RequestMiddleware",
]
# How `escalations` learns who a signed-in person is without knowing sessions or the roster.
VIEWER_OF = "console.people.viewers.viewer_of"
VIEWER_BY_ID = "console.people.viewers.viewer_by_id"
VIEWER_SIGNED_IN = "console.people.viewers.viewer_signed_in"
VIEWER_AGAIN = "console.people.viewers.again"
RIGHTS_KEPT = "console.people.viewers.rights_kept"
VIEWERS_NOW = "console.people.viewers.viewers_now"
# How it learns why nobody has a case yet, why somebody has it, who follows it,
# and who takes cases from the list.
WHY_NOBODY = "routing.offers.explanations.why_nobody"
WHY_NOT_NEXT = "routing.offers.explanations.why_not_next"
WHY_THIS_PERSON = "routing.offers.explanations.why_this_person"
WHY_OFFERED = "routing.offers.explanations.why_offered"
IS_FOLLOWED = "routing.alerts.following.is_followed"
MAY_TAKE_NEXT = "routing.offers.pulling.may_take"
# Whom it tells that people are there.
ON_BEAT = "routing.attendance.presence.beat"
TELL_LEADERS = "routing.alerts.leaders.tell"
TELL_PERSON = "routing.alerts.leaders.tell_one"
# How it learns who could take a case now, and how soon; which skills anybody has.
OUTLOOK = "routing.offers.estimates.outlook"
SKILLS_KNOWN = "routing.people.skills.names"
SKILLS_HAD = "routing.people.roster.skills_had"
STAFF = "routing.people.roster.staff"
KEPT_APART = "routing.people.apart.kept_apart"
ALIKE = "routing.people.apart.alike"
# What leaves Baton: each table of messages, with how long and how it is tried.
OUTBOXES = ("escalations.deliveries.webhooks.WEBHOOKS", "routing.alerts.paging.ALERTS")
ROOT_URLCONF = "console.urls"
WSGI_APPLICATION = "console.wsgi.application"
ASGI_APPLICATION = "console.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
_TEMPLATE_FOLDERS = [
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
_TEMPLATE_LOADER: Any = ("console.templating.loader.Loader", _TEMPLATE_FOLDERS)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            # Partials without their app, whose configuration would load Django's admin.
            "builtins": ["template_partials.templatetags.partials", "console.templatetags.marks"],
            "loaders": [("template_partials.loader.Loader", [_TEMPLATE_LOADER])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.pages.navigation.navigation",
                "routing.views.presence.context",
            ],
        },
    }
]

# Database
DATABASES: dict[str, dict[str, Any]]
if ENVIRONMENT.scaled:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            **_environment.postgres(ENVIRONMENT.database_url),
            "TEST": {"NAME": f"baton_test_{os.getpid()}"},
            "OPTIONS": {
                "connect_timeout": 2,
                # Those of `console.database.statements` are planned once; Django's own never are.
                "prepare_threshold": 2,
                # A host that is gone says nothing, and each thread would wait for it much longer
                # than a person.
                "keepalives_idle": 5,
                "keepalives_interval": 2,
                "keepalives_count": 3,
                "tcp_user_timeout": 5_000,
                "options": (
                    # Whoever waits for a lock is soon told so, and a process that hangs inside a
                    # transaction must not keep its locks.
                    f"-c statement_timeout={ENVIRONMENT.statement_timeout_s}s "
                    f"-c lock_timeout={ENVIRONMENT.lock_timeout_s}s "
                    f"-c idle_in_transaction_session_timeout={ENVIRONMENT.idle_timeout_s}s "
                    # Whatever the database sets for everybody: dates are read, and what protects
                    # the record is compared, as written so.
                    "-c datestyle=ISO -c quote_all_identifiers=off"
                ),
            },
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "console.sqlite",
            "NAME": ENVIRONMENT.data / "baton.sqlite3",
            "OPTIONS": {
                "timeout": 5,
                # Writers wait at BEGIN. One that first reads and then writes could fail at the
                # write, where no time-out helps.
                "transaction_mode": "IMMEDIATE",
                # FULL, because with WAL less than that may lose the last commits when the power
                # fails.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
            # A file, because threads cannot share an in-memory database while one of them writes.
            "TEST": {"NAME": Path(gettempdir()) / f"baton-test-{os.getpid()}.sqlite3"},
        }
    }
# Each thread keeps its connection, and console/serving/threads.py says when to look at it.
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Cache: failed sign-ins only. In the database, which all processes share and without which nobody
# signs in anyway, so that a lost Redis locks nobody out.
# Never Django's own in a database or in files, whose rows are pickles.
CACHES = {"default": {"BACKEND": "console.people.tried.TriedSignIns"}}

# Alerts that leave Baton. Nothing else does by mail: no page sends any.
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SMTP = _environment.smtp(ENVIRONMENT.smtp_url) if ENVIRONMENT.smtp_url else {}
MAIL_FROM = ENVIRONMENT.mail_from
PAGING_URL = ENVIRONMENT.paging_url
PAGING_SECRET = ENVIRONMENT.paging_secret

# Hints. The layer is not named "default", which would give every socket a channel of its own: a
# process subscribes once, and fans out itself (console/hints/hub.py).
REDIS_URL = ENVIRONMENT.redis_url
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "hints": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"prefix": "baton", "hosts": redis_hosts(REDIS_URL)},
    }
    if REDIS_URL
    else {"BACKEND": "console.hints.layers.InProcessLayer"}
}

# Tasks
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A worker outlasts a broker that is away for hours; by default it gives up after 100 tries.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
# What a killed worker had fetched is given out again after `visibility_timeout`, much sooner than
# by default.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_timeout": 2, "socket_connect_timeout": 2, "visibility_timeout": 60}
    if REDIS_URL
    else {"polling_interval": 0.1}
)
CELERY_TASK_IGNORE_RESULT = True
# Said here, so that no message that holds code is ever read: whoever can write the database or
# Redis must not run any.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
# Nothing waits for a broker that is away: beat asks again.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Or a worker would not write its lines as `LOGGING` says.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Nothing to keep: after a start everything is looked at once.
CELERY_BEAT_SCHEDULER = "console.serving.beat:BriefScheduler"
# What waits behind longer tasks is still done, and no more than a few of each pile up.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "deliver": {"task": "escalations.tasks.deliver_due", "schedule": 1, "options": {"expires": 5}},
    "sweep": {"task": "escalations.tasks.sweep", "schedule": 1, "options": {"expires": 5}},
    "dispatch": {"task": "routing.tasks.dispatch", "schedule": 1, "options": {"expires": 1}},
    "sweep_routing": {"task": "routing.tasks.sweep", "schedule": 1, "options": {"expires": 5}},
    "digest": {"task": "routing.tasks.digest", "schedule": 60, "options": {"expires": 60}},
    "learn": {"task": "routing.tasks.learn", "schedule": 60, "options": {"expires": 60}},
    "tidy": {"task": "escalations.tasks.tidy", "schedule": 60, "options": {"expires": 60}},
    "seal": {"task": "escalations.tasks.seal", "schedule": 60, "options": {"expires": 60}},
    "fold": {"task": "metrics.tasks.fold", "schedule": 30, "options": {"expires": 30}},
}

# Sign-in
AUTH_USER_MODEL = "console.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "console.people.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
# Wrong passwords by address, and by address and name (`AccountAdapter`).
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Baton"

# Words
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True


# Files: the address names the content, so a browser may keep every file for ever.
def _build() -> str:
    digest = hashlib.sha256()
    for path in sorted((BASE_DIR / "static").rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(BASE_DIR)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


BUILD = _build()
STATIC_URL = f"/static/{BUILD}/"
STORAGES = {"staticfiles": {"BACKEND": "console.serving.statics.Statics"}}
STATICFILES_DIRS = [BASE_DIR / "static"] if (BASE_DIR / "static").exists() else []
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 365 * 24 * 60 * 60
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/"

# Logs. Finding the address and the person costs more than the rest of the middleware together.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_STATUS_4XX_LOG_LEVEL = logging.INFO
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "console.log.formatter"},
    },
    "filters": {"brief": {"()": "console.serving.outages.Brief"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "lines",
            "filters": ["brief"],
        }
    },
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    # It would repeat what the line of each request says.
    "loggers": {
        "django.request": {"level": "ERROR"},
        # Once a second while Redis is away, where one `hints_lost` says it.
        "channels_redis.pubsub": {"level": "CRITICAL"},
    },
}
