"""Settings of the tests: their own keys and their own cluster under the temporary folder, never var/."""

import os
import tempfile
import uuid
from pathlib import Path

from bekasi_ektp import environment

for _name in (*environment.OWN_WORD, "DATABASE_OWNER_URL", "DATABASE_REPLICA_URL", "CACHE_URL", "EMAIL_URL"):
    os.environ.pop(_name, None)
os.environ["SECRET_KEY"] = "the tests' own, long enough and known to everybody: 0123456789 abcdef"
os.environ["EKTP_SEAL_KEYS"] = "dGVzdHMgc2VhbCBrZXksIDMyIGJ5dGVzIGxvbmcuLi4="
os.environ["EKTP_INDEX_KEYS"] = "dGVzdHMgaW5kZXgga2V5LCAzMiBieXRlcyBsb25nLi4="
os.environ["ALLOWED_HOSTS"] = "testserver,localhost,127.0.0.1"
os.environ["STAFF_TWO_FACTOR"] = ""  # the tests of it say otherwise
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the tests' thread
os.environ["EKTP_VAR"] = os.environ.get("EKTP_TEST_VAR") or str(
    Path(tempfile.gettempdir())
    / f"ektp-test-{os.environ.get('PYTEST_XDIST_TESTRUNUID', uuid.uuid4().hex)[:12]}"
)
TEST_DATABASE = (
    os.environ.get("EKTP_TEST_DATABASE") or f"ektp_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
)

from bekasi_ektp.settings import *  # noqa: E402, F403
from bekasi_ektp.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402

for _database in DATABASES.values():
    _database |= {"NAME": TEST_DATABASE, "EMBEDDED_TESTS": True}
LIVE = "EKTP_TEST_LIVE" in os.environ
STATIC_ROOT = VAR_DIR / "static"
if not LIVE:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_AUTOREFRESH = True
    WHITENOISE_USE_FINDERS = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "sesi", "csrf"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
