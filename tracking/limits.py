"""How often one may look up. Kept in PostgreSQL, so all workers share it; one statement per look-up.

A client is its address (an IPv6 network of 64 bits), a NIK its index; both are kept as a hash with a key of
the day. A hit costs one look-up, a miss several. Many people share one address of a mobile operator: the
burst lets a whole neighbourhood look at once.
"""

import hashlib
import os
import random
import time
from collections.abc import Sequence
from enum import Enum
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.http import HttpRequest


class Limit(NamedTuple):
    """Look-ups come back one every `every` seconds, up to `burst` of them."""

    every: float
    burst: int

    @property
    def most(self) -> float:
        """Seconds that may be spent ahead."""
        return self.every * self.burst


CLIENT = Limit(every=1, burst=300)
MISS = 5
"""A miss costs as much as this many hits."""
NIK = Limit(every=60, burst=30)
CITY_RATE = 50
"""Look-ups a second of the whole city, above which it asks too much."""
_SHARDS = 16  # the city's count lies in several rows, so that workers do not wait for each other
CITY = Limit(every=_SHARDS / CITY_RATE, burst=300)
PURGE_EVERY = 500
"""Look-ups between two purges of what is left of days gone by, on average."""
_DAY = 86_400
_JAKARTA = 7 * 3600


class Decision(Enum):
    """What becomes of a look-up."""

    ALLOW = "allow"
    SLOW = "slow"
    REFUSE = "refuse"


def decide(wait: float, busy: bool) -> Decision:
    """Refuse who must wait; slow down everybody while the whole city asks too much.

    SLOW is where the proof of work and, without JavaScript, the waiting page belong.
    """
    if wait > 0:
        return Decision.REFUSE
    return Decision.SLOW if busy else Decision.ALLOW


def client_key(request: HttpRequest) -> UUID:
    """Today's key for whoever asks; REMOTE_ADDR is the visitor's, trusted proxies are behind us already."""
    return _client_key(request.META.get("REMOTE_ADDR", ""), today())


def nik_key(index: UUID) -> UUID:
    """Today's key for the NIK asked about."""
    return _hash("nik", index.bytes, today())


def city_key() -> UUID:
    """Today's key for this worker's share of the city's count."""
    return _hash("city", bytes([os.getpid() % _SHARDS]), today())


def lookup_arguments(request: HttpRequest, indexes: Sequence[UUID]) -> list[object]:
    """Arguments of tracking_lookup: client, NIK and city with what each may spend, and the NIK's indexes."""
    return [
        *(client_key(request), CLIENT.every, CLIENT.most, CLIENT.every * MISS),
        *(nik_key(indexes[0]), NIK.every, NIK.most),
        *(city_key(), CITY.every, CITY.most),
        list(indexes),
    ]


def purge_now_and_then() -> None:
    """Called at every look-up, so that no timer is needed."""
    if random.randrange(PURGE_EVERY) == 0:  # noqa: S311 no secret
        purge()


def purge() -> None:
    """Remove rows of days gone by."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tracking_purge_limits()")


def today() -> int:
    """The day in Jakarta, counted from 1970."""
    return int(time.time() + _JAKARTA) // _DAY


def network(address: str) -> str:
    """What counts as one client: an IPv4 address, or the 64-bit network of an IPv6 one."""
    if ":" not in address:
        return address
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = getattr(ip, "ipv4_mapped", None)
    return str(mapped) if mapped else str(ip_network((ip, 64), strict=False))


@lru_cache(maxsize=4096)
def _client_key(address: str, day: int) -> UUID:
    return _hash("client", network(address).encode(), day)


def _hash(what: str, value: bytes, day: int) -> UUID:
    text = b"%s:%d:%s" % (what.encode(), day, value)
    return UUID(bytes=hashlib.blake2b(text, key=_secret(), digest_size=16).digest())


@lru_cache(maxsize=1)
def _secret() -> bytes:
    return hashlib.sha256(b"look-up limits:" + settings.SECRET_KEY.encode()).digest()
