"""What somebody learns in an hour who has 1,000 addresses and a list of plausible NIKs, and whether a street is served.

The hour is played in a minute: after each of its minutes the clock of the limits is moved on. Counted are the server's answers.
"""

import http.client
import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple
from urllib.parse import urlencode

from .. import city, cluster, people, site, sizes
from ..results import Row, row

ADDRESSES = 1_000
REAL = 0.1
HONEST = 500
MISTYPED = 0.04
"""Of honest look-ups, so many are of a NIK that is not recorded."""
MINUTES = 60
STREET = "203.0.113.9"
WAITS_AT_MOST = 60  # seconds


class Asked(NamedTuple):
    """Of so many look-ups, how many named a card, how many were answered in time, and how long it took."""

    found: int
    served: int
    seconds: float


def harvest() -> Iterator[Row]:
    """The attacker and the street at once, then the two rows."""
    chance = random.Random(2017)
    kelurahan = city.kelurahan()
    known, unknown = iter(range(sizes.CITY)), iter(range(sizes.CITY, 10 * sizes.CITY))

    def typed(real: bool) -> str:
        return people.line(next(known if real else unknown), "", kelurahan).partition(",")[0]

    confirmed = made = served = 0
    rate = 0.0
    with (
        cluster.cloned(city.filled(sizes.CITY, people.city), "bench_harvest") as database,
        site.serving(database, TRUSTED_PROXIES="127.0.0.1") as port,
        ThreadPoolExecutor(8) as visitors,
    ):

        def ask(looks: list[tuple[str, str]]) -> Asked:
            began = time.perf_counter()
            told = list(visitors.map(lambda look: _look(port, *look), looks))
            return Asked(
                sum(one[0] for one in told), sum(one[1] for one in told), time.perf_counter() - began
            )

        for minute in range(MINUTES):
            street = HONEST * (minute + 1) // MINUTES - HONEST * minute // MINUTES
            people_now = ask([(STREET, typed(chance.random() >= MISTYPED)) for _person in range(street)])
            served += people_now.served
            guesses = [(_address(n), typed(chance.random() < REAL)) for n in range(ADDRESSES)]
            attack = ask(guesses)
            confirmed, made = confirmed + attack.found, made + len(guesses)
            rate = rate or len(guesses) / attack.seconds
            cluster.run(
                database,
                "UPDATE tracking_lookuplimit SET spent_until = spent_until - interval '1 minute'",
            )
    without = rate * 3600 * REAL
    note = (
        f"{made} guesses from {ADDRESSES} addresses, {confirmed} NIKs confirmed (goal ≤ 2000); without limits the server "
        f"would answer {rate:.0f} a second; {served} of {HONEST} people behind one address served (goal ≥ 99 %)"
    )
    holds = confirmed <= 2_000 and served >= 0.99 * HONEST
    yield row("harvest", confirmed, without, "NIKs an hour", "≤ 0.01", note, holds=holds)


def _look(port: int, address: str, nik: str) -> tuple[bool, bool]:
    """Whether the answer names a card (now, or after waiting), and whether it came in time."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Forwarded-For": address}
    connection.request("POST", "/", urlencode({"nik": nik}), headers)
    answer = connection.getresponse()
    answer.read()
    place = answer.getheader("Location") or ""
    connection.close()
    if place.startswith("/tunggu/"):
        # what it will say is sealed; the token holds it, so whoever waits half a minute is told
        from tracking import waiting

        delayed = waiting.read(place.split("/")[2])
        return bool(delayed.card_id), delayed.seconds <= WAITS_AT_MOST
    return place.startswith("/status/"), answer.status in (303, 404)


def _address(number: int) -> str:
    """A thousand addresses, each in a network of its own."""
    return f"10.{number // 250}.{number % 250}.7"
