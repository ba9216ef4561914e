"""Settings, all from the environment; docs/operate.md names each. Without them: nothing but the demo runs."""

import os
from pathlib import Path
from typing import Any

import environ

from . import csp, environment, server

BASE_DIR = environment.BASE_DIR
VAR_DIR = environment.var_dir()
environment.read_demo(VAR_DIR)

DEBUG = environment.on("DEBUG")
DEMO = environment.on("DEMO")
SECRET_KEY = os.environ.get("SECRET_KEY") or ("a developer's own machine " * 3 if DEBUG else "")
# Sealed values and the index of NIKs: 32 bytes each, newest first; all of them open what is there.
EKTP_SEAL_KEYS = environment.keys("EKTP_SEAL_KEYS", b"developer's key for sealed values" if DEBUG else b"")
EKTP_INDEX_KEYS = environment.keys(
    "EKTP_INDEX_KEYS", b"developer's key for the NIKs' index" if DEBUG else b""
)

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS") or (LOOPBACK if DEBUG or DEMO else [])
SITE_URL = os.environ.get("SITE_URL", "").rstrip("/")
FRAME_ANCESTORS = environment.words(
    "FRAME_ANCESTORS", "https://bekasikota.go.id https://www.bekasikota.go.id"
)
TRUSTED_PROXIES = environment.words("TRUSTED_PROXIES")
# How the number of a suket is written, and how many months one holds.
SUKET_NUMBER = os.environ.get("SUKET_NUMBER", "470/{number:04}/{office:02}/SKT/{year}")
SUKET_MONTHS = int(os.environ.get("SUKET_MONTHS", "6"))
NOTIFY_URL = os.environ.get("NOTIFY_URL", "")
PUBLISH_URL = os.environ.get("PUBLISH_URL", "")
# After how many days a queue of the officers is late.
LATE_AFTER = environment.days(
    "LATE_AFTER",
    {"jemput": 2, "periksa": 1, "hilang": 4, "bagi": 5, "kurir": 7, "hitung": 1, "loket": 30, "kabar": 2},
)
BAST_NUMBER = os.environ.get("BAST_NUMBER") or "{n:04}/BAST-KTP/{kecamatan}/{roman}/{year}"

INSTALLED_APPS = [
    "bekasi_ektp",
    "staff.apps.StaffConfig",
    "outbox.apps.OutboxConfig",
    "tracking",
    "blanks",
    "delivery",
    "integration",
    "staff.apps.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "import_export",
    "pgtrigger",
    "django_tasks",
    "django_tasks_db",
    "axes",
]

# Public pages have a lean chain of their own, without a cookie; staff's stands below public_chain.
STAFF_PREFIXES = ("/admin/", "/petugas/", "/kurir/")
PUBLIC_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bekasi_ektp.csp.headers",
    "bekasi_ektp.middleware.short_forms",
    "bekasi_ektp.compression.gzip",
    "bekasi_ektp.middleware.language",
    "django.middleware.common.CommonMiddleware",
]
MIDDLEWARE = [
    "bekasi_ektp.proxies.edge",
    "bekasi_ektp.middleware.health",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bekasi_ektp.middleware.public_chain",
    "django.middleware.security.SecurityMiddleware",
    "bekasi_ektp.csp.headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bekasi_ektp.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bekasi_ektp.urls"
WSGI_APPLICATION = "bekasi_ektp.wsgi.application"
WEB_WORKERS = int(os.environ.get("WORKERS") or 2 * (os.cpu_count() or 1) + 1)  # as gunicorn.conf.py has them
SMALL_BODY = 1 << 15  # bytes; so much of a request the web worker waits for, before a request takes it up
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bekasi_ektp.demo.context",
            ]
        },
    }
]

# Two roles: "default" is the site's, which owns nothing; "owner" migrates. Absent: the embedded server.
DATABASE_POOLED = environment.on("DATABASE_POOLED")


def _database(url: str | None, role: str) -> dict[str, Any]:
    config = environment.database(url) if url else server.settings(VAR_DIR, role)
    return config | {
        "ENGINE": "bekasi_ektp.postgresql",
        "CONN_MAX_AGE": 600,
        # Behind a pooler in transaction mode a cursor would live on another connection than its reader.
        "DISABLE_SERVER_SIDE_CURSORS": DATABASE_POOLED,
    }


DATABASE_URL = os.environ.get("DATABASE_URL")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL")
OWNER_IS_GIVEN = bool(DATABASE_OWNER_URL or not DATABASE_URL)  # serving needs no owner, migrate does
DATABASES = {
    "default": _database(DATABASE_URL, server.SITE),
    "owner": _database(DATABASE_OWNER_URL or DATABASE_URL, server.OWNER),
}
if os.environ.get("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = _database(os.environ["DATABASE_REPLICA_URL"], server.SITE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": dict(environ.Env.cache_url_config(os.environ.get("CACHE_URL") or "locmemcache://"))}
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

globals().update(environ.Env.email_url_config(os.environ.get("EMAIL_URL") or "consolemail://"))

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# Roles that log in by two steps; whoever else wants to, may. The demo's log-ins are printed for everybody to use.
STAFF_TWO_FACTOR = environment.words(
    "STAFF_TWO_FACTOR", "" if DEBUG or DEMO else "supervisor operator auditor"
)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
# Five wrong passwords for one name from one place: a pause of 15 minutes.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "kode"]
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "staff/locked.html"
AXES_USERNAME_CALLABLE = "bekasi_ektp.logs.name_typed"
AXES_CLIENT_IP_CALLABLE = "bekasi_ektp.proxies.client"

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("EKTP_STATIC") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_ADD_HEADERS_FUNCTION = csp.static_headers
if DEBUG:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
MEDIA_ROOT = VAR_DIR / "uploads"
# A folder per source in it, for senders that can only put files somewhere; the demo has one to try.
DROP_FOLDER = os.environ.get("DROP_FOLDER") or (str(VAR_DIR / "drop") if DEMO else "")
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# The site is reached over HTTPS, but for the demo and a developer's machine.
SECURE = not (DEBUG or DEMO)
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# The proxy says whether the visitor came over HTTPS; believed from TRUSTED_PROXIES alone (proxies.py).
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-sesi" if SECURE else "sesi"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
X_FRAME_OPTIONS = "DENY"

LOGGING_CONFIG = "bekasi_ektp.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django": {"level": "INFO"}, "axes": {"level": "WARNING"}},
}
