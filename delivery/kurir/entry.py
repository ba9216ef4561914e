"""Who may come in: whoever has the address and the PIN. Five wrong PINs lock the link.

A browser without our script carries a signed cookie after the PIN; the script signs each sending with the
round's key instead, which it keeps sealed under the PIN on the phone.
"""

from typing import NamedTuple

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from staff.access import Action
from staff.models import AccessLog
from tracking import once

from .. import keys
from ..actions.attempt import TAKEN_AFTER_THE_END
from ..models import Link, RoundCard
from ..models.courier import MOST_TRIES

COOKIE, SALT = "kurir", "delivery.kurir"
KEPT = 12 * 3600
SIGNATURE = "X-Tanda-Tangan"


class Tried(NamedTuple):
    """What became of a PIN: right, or how many tries are left (0: locked)."""

    right: bool
    left: int


def living(token: str) -> Link | None:
    """The link of an address, if it lives."""
    return _found(token).filter(ended_at__isnull=True).first()


def lately_dead(token: str) -> Link | None:
    """The link of an address that died less than seven days ago, and still has its key."""
    after = timezone.now() - TAKEN_AFTER_THE_END
    return _found(token).filter(ended_at__gt=after, key_sealed__isnull=False).first()


def _found(token: str) -> QuerySet[Link]:
    if len(token) != once.LENGTH:
        return Link.objects.none()
    return Link.objects.select_related("round", "courier").filter(token_hash=once.hash_of(token))


def try_pin(link: Link, pin: str) -> Tried:
    """One try is spent before the PIN is looked at, so that many at once are counted too."""
    rows = Link.objects.filter(pk=link.pk, ended_at__isnull=True)
    with transaction.atomic():
        if not rows.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1):
            return Tried(False, 0)
        tries = rows.values_list("tries", flat=True).get()
        key = keys.opened(link.key_sealed or b"")
        if keys.pin_hash(key, pin.strip()) != bytes(link.pin_hash):
            return Tried(False, MOST_TRIES - tries)
        now = timezone.now()
        rows.update(tries=0, seen_at=now, opened_at=link.opened_at or now)
    return Tried(True, MOST_TRIES)


def is_signed(link: Link, request: HttpRequest) -> bool:
    """Whether this body was signed by a phone that once knew the PIN."""
    signature = request.headers.get(SIGNATURE, "")
    return bool(link.key_sealed) and keys.is_signed(
        keys.opened(link.key_sealed or b""), request.body, signature
    )


def let_in(response: HttpResponse, request: HttpRequest, link: Link) -> HttpResponse:
    """Remember in a cookie of this address that the PIN was right."""
    response.set_cookie(
        COOKIE,
        signing.dumps(link.pk, salt=SALT),
        max_age=KEPT,
        path=request.path_info,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def is_in(request: HttpRequest, link: Link) -> bool:
    """Whether the cookie says so for this link."""
    try:
        return bool(signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=KEPT) == link.pk)
    except signing.BadSignature:
        return False


def looked(link: Link) -> None:
    """Put on record that the courier sees these names, before they are shown."""
    cards = RoundCard.objects.filter(round=link.round, ended="").values_list("card_id", flat=True)
    AccessLog.objects.create(
        user_id=0,
        username=link.courier.actor_name,
        office=f"kecamatan:{link.round.kecamatan_id}",
        action=Action.LIST,
        card_ids=list(cards),
        source="kurir",
    )
