"""Wrong configuration is refused at the start, with an id and what to do. No secret is ever printed."""

import ipaddress
import os
import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured

from staff.roles import Role

from . import environment

TAG = "ektp"
MAKE = "python -m bekasi_ektp.environment prints new ones."
DEMO_INSTEAD = "To try the site without one: make run, or DEMO=1."


@register(TAG)
def secrets_are_set(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Without DEBUG nothing starts on a missing or weak secret."""
    if settings.DEBUG:
        return []
    found: list[CheckMessage] = []
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # so Django answers where it is empty
        key = ""
    if not key:
        found.append(Error("SECRET_KEY is missing.", hint=f"{MAKE} {DEMO_INSTEAD}", id="ektp.E001"))
    elif len(key) < 50 or len(set(key)) < 10 or key.startswith("django-insecure-"):
        hint = f"50 characters at least, by chance: {MAKE}"
        found.append(Error("SECRET_KEY is weak.", hint=hint, id="ektp.E001"))
    for name, number in (("EKTP_SEAL_KEYS", 2), ("EKTP_INDEX_KEYS", 3)):
        found += _keys(name, f"ektp.E00{number}")
    if set(settings.EKTP_SEAL_KEYS) & set(settings.EKTP_INDEX_KEYS):
        hint = f"A key of its own for each: {MAKE}"
        found.append(Error("EKTP_SEAL_KEYS and EKTP_INDEX_KEYS share a key.", hint=hint, id="ektp.E004"))
    return found


def _keys(name: str, code: str) -> list[CheckMessage]:
    bad = environment.unreadable(name)
    if bad:
        hint = f"Base64 of 32 bytes each, separated by commas, newest first: {MAKE}"
        return [Error(f"{name} holds {bad} that is no key of 32 bytes.", hint=hint, id=code)]
    keys: list[bytes] = getattr(settings, name)
    if not keys:
        return [Error(f"{name} is missing.", hint=f"{MAKE} {DEMO_INSTEAD}", id=code)]
    if any(len(set(key)) < 10 for key in keys):
        return [Error(f"{name} holds a weak key.", hint=f"By chance, not by hand: {MAKE}", id=code)]
    if len(set(keys)) < len(keys):
        return [Error(f"{name} holds the same key twice.", hint="Each key once, newest first.", id=code)]
    return []


@register(TAG)
def addresses_make_sense(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Hosts, proxies and frames, which decide who is believed."""
    found: list[CheckMessage] = []
    if settings.SITE_URL and not re.fullmatch(r"https?://[^/\s?#]+", settings.SITE_URL):
        hint = "Scheme and host alone, such as https://ektp.bekasikota.go.id"
        found.append(Error("SITE_URL is no address of a site.", hint=hint, id="ektp.E005"))
    if settings.PUBLISH_URL and not re.fullmatch(
        r"https?://[^/\s@]*:[^/\s@]+@[^/\s@]+(/\S*)?", settings.PUBLISH_URL
    ):
        hint = "With the secret that signs what is sent, such as https://:SECRET@bekasikota.go.id/ektp"
        found.append(Error("PUBLISH_URL is no address with a secret.", hint=hint, id="ektp.E012"))
    for ancestor in settings.FRAME_ANCESTORS:
        if not re.fullmatch(r"https?://[\w.*:-]+", ancestor):
            hint = "Origins separated by spaces or commas, such as https://bekasikota.go.id"
            found.append(Error(f"FRAME_ANCESTORS: {ancestor!r} is no origin.", hint=hint, id="ektp.E006"))
    for proxy in settings.TRUSTED_PROXIES:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            hint = "Addresses or networks separated by spaces or commas, such as 10.0.0.0/8"
            found.append(Error(f"TRUSTED_PROXIES: {proxy!r} is no address.", hint=hint, id="ektp.E007"))
    if not settings.ALLOWED_HOSTS:
        hint = "The names under which the site is reached, such as ektp.bekasikota.go.id"
        found.append(Error("ALLOWED_HOSTS is missing.", hint=hint, id="ektp.E008"))
    if settings.DEMO and not set(settings.ALLOWED_HOSTS) <= {*settings.LOOPBACK, "::1", "testserver"}:
        hint = "Leave ALLOWED_HOSTS away, or leave DEMO away and give real secrets."
        found.append(Error("DEMO is for this machine alone.", hint=hint, id="ektp.E009"))
    return found


def _is_database(url: str, name: str) -> bool:
    return bool(name) and urlsplit(url).scheme in ("postgres", "postgresql")


@register(TAG)
def roles_differ(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """What the database promises holds only for a role that does not own the tables."""
    site, owner = settings.DATABASES["default"], settings.DATABASES["owner"]
    if nameless := [
        variable
        for variable, alias in (
            ("DATABASE_URL", "default"),
            ("DATABASE_OWNER_URL", "owner"),
            ("DATABASE_REPLICA_URL", "replica"),
        )
        if os.environ.get(variable)
        and not _is_database(os.environ[variable], settings.DATABASES[alias]["NAME"])
    ]:
        hint = "postgres://ROLE:PASSWORD@HOST/NAME"
        return [Error(f"{nameless[0]} is no address of a database.", hint=hint, id="ektp.E013")]
    if settings.OWNER_IS_GIVEN and (site["USER"], site["HOST"]) == (owner["USER"], owner["HOST"]):
        hint = "Two roles: docs/operate.md shows how they are made."
        return [Error("DATABASE_URL and DATABASE_OWNER_URL name the same role.", hint=hint, id="ektp.E010")]
    return []


@register(TAG)
def roles_are_known(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A role that is misspelt would go without its second step."""
    unknown = sorted({*settings.STAFF_TWO_FACTOR} - {*Role.values})
    if unknown:
        hint = f"Of {', '.join(Role.values)}, separated by spaces or commas; empty for none."
        return [Error(f"STAFF_TWO_FACTOR: {unknown[0]!r} is no role.", hint=hint, id="ektp.E011")]
    return []
