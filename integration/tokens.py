"""Tokens of partners: given out once, known by their hash, and looked up at every request."""

import ipaddress
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import DEFAULT_DB_ALIAS, connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from staff.models import User
from tracking.models import Kecamatan
from tracking.once import hash_of

from .models import Source, Token

PREFIX = "ektp_"  # by which scanners of leaked secrets know it
DAYS = 365
MOST_DAYS = 3 * 365
_WORDS = 32  # bytes
_HINT = len(PREFIX) + 4
_SLOTS = {1, 2}


class TwoAreValid(Exception):
    """Sumber ini sudah punya dua token yang berlaku. Cabut satu di halaman Token mitra, lalu buat yang baru."""


def issue(
    source: Source,
    *,
    by: User | str,
    kecamatan: Kecamatan | None = None,
    days: int = DAYS,
    addresses: Iterable[str] = (),
    may_read_changes: bool = False,
) -> tuple[Token, str]:
    """A new token and its words, which nobody can tell again. TwoAreValid if there is no room for it."""
    words = PREFIX + secrets.token_urlsafe(_WORDS)
    now = timezone.now()
    with transaction.atomic():
        # one after another: the constraint would refuse the second of two at once, whoever is right
        Source.objects.select_for_update().get(pk=source.pk)
        of_both = Token.objects.filter(source=source, kecamatan=kecamatan)
        of_both.filter(expires_at__lte=now, slot__isnull=False).update(slot=None)
        free = _SLOTS - set(of_both.filter(slot__isnull=False).values_list("slot", flat=True))
        if not free:
            raise TwoAreValid
        token = Token.objects.create(
            source=source,
            kecamatan=kecamatan,
            hash=hash_of(words),
            hint=words[:_HINT],
            addresses=list(addresses),
            may_read_changes=may_read_changes,
            created_by=by.actor if isinstance(by, User) else by,
            expires_at=now + timedelta(days=days),
            slot=min(free),
        )
    return token, words


def revoke(token_id: int, *, by: User) -> bool:
    """From now on nobody gets in with it. False if it was revoked already."""
    living = Token.objects.filter(pk=token_id, revoked_at__isnull=True)
    return bool(living.update(revoked_at=timezone.now(), revoked_by=by.actor, slot=None))


def _columns(model: type[models.Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


# Written once, because it is asked at every request.
_TOKEN, _SOURCE = _columns(Token), _columns(Source)
_FIND = (
    f"SELECT {', '.join([f't.{name}' for name in _TOKEN] + [f's.{name}' for name in _SOURCE])}"
    " FROM integration_token t JOIN integration_source s ON s.id = t.source_id WHERE t.hash = %s"
)


def find(words: str) -> Token | None:
    """The token of these words, if it was ever given out: revoked and expired ones too."""
    if not words.isascii():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [hash_of(words)])
        row = cursor.fetchone()
    if row is None:
        return None
    token = Token.from_db(DEFAULT_DB_ALIAS, _TOKEN, row[: len(_TOKEN)])
    token.source = Source.from_db(DEFAULT_DB_ALIAS, _SOURCE, row[len(_TOKEN) :])
    return token


def comes_from(token: Token, address: str) -> bool:
    """Whether a visitor's address lies in the token's networks."""
    if not token.addresses:
        return True
    try:
        visitor = ipaddress.ip_address(address)
    except ValueError:
        return False
    visitor = getattr(visitor, "ipv4_mapped", None) or visitor
    return any(visitor in ipaddress.ip_network(one) for one in token.addresses)


def valid() -> Q:
    """Tokens that let somebody in."""
    return Q(revoked_at__isnull=True, expires_at__gt=timezone.now())
