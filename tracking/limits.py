"""How often one may look up. Kept in PostgreSQL, so all workers share it; one statement per look-up.

A client is its address (an IPv6 network of 64 bits), a NIK its index; both are kept as a hash with a key of
the day. Many people share one address of a mobile operator, so found cards cost little: whoever looks for their own
finds it. Misses are what a person with a list of guesses has many of, so they are counted by themselves: for the
client, for its network, and for the whole city. While the city misses no more than usual a client may miss often;
once it does, a few an hour. Found cards earn a little back, each NIK once a day.
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
MISSES = Limit(every=900, burst=60)
"""What a client may miss while nobody harvests."""
FEW = 6
"""While somebody does, a client may miss so many ahead: ten in the first hour, with what comes back."""
CREDIT = 0.1
"""Of a miss is earned by a card that is found."""
NETWORK = Limit(every=30, burst=200)
"""What a network may miss: 256 addresses of version 4, a site's 48 bits of version 6."""
CITY_MISSES = Limit(every=1.2, burst=1200)
"""What the whole city may miss before that is a harvest: 3,000 an hour, and a burst."""
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

    Slow: the answer waits for a proof of work or, without JavaScript, for half a minute (waiting.py).
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


def misses_key(request: HttpRequest) -> UUID:
    """Today's key for what this client has missed."""
    return _misses_key(request.META.get("REMOTE_ADDR", ""), today())


def lookup_arguments(request: HttpRequest, indexes: Sequence[UUID]) -> list[object]:
    """Arguments of tracking_lookup: keys with what each costs and may spend, and the NIK's indexes."""
    address = request.META.get("REMOTE_ADDR", "")
    day = today()
    limits = (CLIENT, MISSES, NETWORK, NIK, CITY, CITY_MISSES)
    keys = (
        client_key(request),
        misses_key(request),
        _hash("network", wide_network(address).encode(), day),
        nik_key(indexes[0]),
        city_key(),
        _hash("city misses", b"", day),
    )
    return [
        list(keys),
        [float(limit.every) for limit in limits],
        [float(limit.most) for limit in limits],
        FEW * MISSES.every,
        CREDIT * MISSES.every,
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


def wide_network(address: str) -> str:
    """The network of an address: 24 bits of version 4, 48 of version 6."""
    near = network(address).partition("/")[0]
    try:
        ip = ip_address(near)
    except ValueError:
        return address
    return str(ip_network((ip, 24 if ip.version == 4 else 48), strict=False))


@lru_cache(maxsize=4096)
def _misses_key(address: str, day: int) -> UUID:
    return _hash("misses", network(address).encode(), day)


@lru_cache(maxsize=4096)
def _client_key(address: str, day: int) -> UUID:
    return _hash("client", network(address).encode(), day)


def _hash(what: str, value: bytes, day: int) -> UUID:
    text = b"%s:%d:%s" % (what.encode(), day, value)
    return UUID(bytes=hashlib.blake2b(text, key=_secret(), digest_size=16).digest())


@lru_cache(maxsize=1)
def _secret() -> bytes:
    return hashlib.sha256(b"look-up limits:" + settings.SECRET_KEY.encode()).digest()
