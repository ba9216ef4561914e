"""Somebody with a thousand addresses and a list of plausible NIKs learns little; a whole street behind one address is served.

The hour is played with the database's own limits: a clock that is moved on instead of waited for.
"""

import json
import random
import re
import uuid
from unittest.mock import patch

import altcha
import pytest
from django.test import Client, RequestFactory

from tests.builders import sql
from tests.people import BUDI, SITI
from tests.tracking.public.cards import a_card
from tracking import limits, nik, waiting
from tracking.limits import Limit
from tracking.public import queries

pytestmark = pytest.mark.django_db
REAL = 0.1
"""Of the attacker's guesses, so many are recorded."""


@pytest.fixture
def siege():
    """The city has missed too often."""
    with patch.object(limits, "CITY_MISSES", Limit(1000, 0)):
        yield


def ask(typed=SITI, client="10.1.1.1", **options):
    return Client(REMOTE_ADDR=client).post("/", {"nik": typed}, **options)


def others(count):
    return [f"327501010180{n:04}" for n in range(1, count + 1)]


class TestTheWaitingAnswer:
    @pytest.fixture
    def waits(self, siege):
        a_card("RECORDED")
        ask(BUDI)  # a miss
        answer = ask()
        assert answer.status_code == 303
        return answer["Location"]

    def test_it_goes_on_by_itself_and_says_so(self, waits):
        page = Client().get(waits)
        assert "Halaman ini lanjut sendiri." in page.content.decode()
        assert 0 < int(page["Refresh"]) <= waiting.WAIT
        assert page["Cache-Control"] == "no-store"
        assert "Sebentar" in page.content.decode()
        assert "This page goes on by itself." in Client().get("/en" + waits).content.decode()

    def test_after_half_a_minute_it_leads_to_the_card(self, waits):
        with patch.object(waiting.time, "time", return_value=waiting.time.time() + waiting.WAIT):
            assert Client().get(waits)["Location"].startswith("/status/")

    def test_an_unknown_nik_waits_as_long_and_looks_the_same_until_then(self, waits):
        other = ask(BUDI)["Location"]
        assert len(other) == len(waits)
        pages = [
            re.sub(r"data-challenge=\"[^\"]*\"", "", Client().get(path).content.decode())
            for path in (waits, other)
        ]
        assert pages[0].replace(waits, "") == pages[1].replace(other, "")
        with patch.object(waiting.time, "time", return_value=waiting.time.time() + waiting.WAIT):
            assert Client().get(other).status_code == 404

    def test_the_address_tells_nothing_and_cannot_be_made(self, waits):
        token = waits.split("/")[2]
        assert SITI not in waits
        for made in (token[:-2] + "AA", "x" * 40, "x" * 500, "ü"):
            assert Client().get(f"/tunggu/{made}/").status_code == 404

    def test_it_is_dead_after_a_while(self, waits):
        with patch.object(waiting.time, "time", return_value=waiting.time.time() + 3600):
            assert Client().get(waits).status_code == 404

    def test_a_proof_of_work_need_not_wait(self, waits):
        token = waits.split("/")[2]
        with patch.multiple(waiting, COST=1, FEWEST=1, MOST=3):
            payload = solved(waiting.challenge(token))
        assert Client().post(waits, {"altcha": payload})["Location"].startswith("/status/")

    @pytest.mark.parametrize("payload", ["", "nonsense", "e30=", "x" * 5000])
    def test_what_proves_nothing_waits(self, waits, payload):
        assert Client().post(waits, {"altcha": payload}).status_code == 200

    def test_one_proof_opens_one_answer(self, waits):
        with patch.multiple(waiting, COST=1, FEWEST=1, MOST=3):
            payload = solved(waiting.challenge("another answer"))
        assert Client().post(waits, {"altcha": payload}).status_code == 200


def solved(challenge: str) -> str:
    one = altcha.Challenge.from_dict(json.loads(challenge))
    solution = altcha.solve_challenge(one)
    assert solution is not None
    return altcha.Payload(one, solution).to_base64()


def test_in_quiet_times_nobody_waits():
    a_card("RECORDED")
    assert ask()["Location"].startswith("/status/")


def test_a_harvest_lets_a_client_miss_a_few_times_an_hour(siege):
    answers = [ask(one).status_code for one in others(limits.FEW + 3)]
    assert answers == [404] + [303] * (limits.FEW - 1) + [429] * 3  # the first miss is what the city notices


def test_found_cards_earn_a_little_back_each_nik_once_a_day():
    a_card("RECORDED")
    ask(BUDI)
    before = ahead()
    ask()
    once = ahead()
    ask()
    assert before - once == pytest.approx(limits.CREDIT * limits.MISSES.every, abs=2)
    assert once - ahead() == pytest.approx(0, abs=2)


def ahead() -> float:
    key = limits.misses_key(RequestFactory().get("/", REMOTE_ADDR="10.1.1.1"))
    [(seconds,)] = sql(
        "SELECT extract(epoch FROM spent_until - clock_timestamp()) FROM tracking_lookuplimit WHERE key = %s",
        [str(key)],
    )
    return float(seconds)


class TestAnHour:
    """An attacker with 1,000 addresses, a tenth of whose guesses are real, and 500 honest people behind one address."""

    MINUTES = 60

    def play(self, *, addresses: int, guesses_a_minute: int, honest: int) -> tuple[int, int, int]:
        """NIKs confirmed, guesses made, and honest people who were served."""
        rng = random.Random(20170901)
        card = a_card("RECORDED")
        index = nik.indexes(SITI)
        confirmed = made = served = 0
        for minute in range(self.MINUTES):
            for _person in range(honest * (minute + 1) // self.MINUTES - honest * minute // self.MINUTES):
                found = self.look("203.0.113.5", index if rng.random() > 0.04 else [fresh(rng)], fresh(rng))
                served += found.wait == 0
            for number in range(guesses_a_minute):
                address = f"10.{number % addresses // 250}.{number % addresses % 250}.7"
                real = rng.random() < REAL
                found = self.look(address, index if real else [fresh(rng)], fresh(rng))
                made += 1
                confirmed += found.wait == 0 and found.card_id == card.pk
            sql("UPDATE tracking_lookuplimit SET spent_until = spent_until - interval '1 minute'")
        return confirmed, made, served

    def look(self, address, indexes, nik_index):
        """One look-up, as the view makes it; the limit for one NIK counts a NIK of its own."""
        request = RequestFactory().get("/", REMOTE_ADDR=address)
        arguments = limits.lookup_arguments(request, [nik_index])
        arguments[-1] = list(indexes)
        return queries.look_up(arguments)

    def test_confirms_little_and_serves_the_street(self):
        # a tenth of the attacker's addresses and of the city's budget, so that the hour passes in seconds
        small = Limit(limits.CITY_MISSES.every * 10, limits.CITY_MISSES.burst // 10)
        with patch.object(limits, "CITY_MISSES", small):
            confirmed, made, served = self.play(addresses=100, guesses_a_minute=100, honest=500)
        assert confirmed <= 200
        assert served >= 0.99 * 500
        assert made == 6_000


def fresh(rng):
    return uuid.UUID(int=rng.getrandbits(128))
