"""How many cards end where. The figures are those of the whole city; other sizes get their share of each.

Who is ready or served is 94 %: 1,592,000 received and 100,000 waiting of 1,800,000.
"""

from collections.abc import Mapping, Sequence
from random import Random

from ..stages import STOPS

CITY = 1_800_000

# What became of a card -> how many of the whole city. The order is that in which a small demo gets them.
FATES: dict[str, int] = {
    "matching": 50_000,
    "waiting": 98_500,
    "received": 118_000,
    "held DUPLICATE_RECORD": 6_000,
    "recorded": 11_000,
    "allocated": 900,
    "printed": 1_500,
    "at kecamatan": 2_200,
    "out": 1_200,
    "returned": 800,
    "cancelled": 8_500,
    **dict.fromkeys((f"held {code}" for code in STOPS if code != "DUPLICATE_RECORD"), 1_500),
    "came back": 700,
    "withdrawn by a block": 100,
    "outside received": 1_453_900,
    "outside shipped": 7_000,
    "outside then received": 20_000,
    "outside not found": 700,
    "outside cancelled": 9_000,
    "outside printed": 300,
    "outside allocated": 200,
    "outside confirmed": 500,
}
RESIDENTS = (256, 280, 337, 208, 220, 161, 107, 251, 246, 122, 216, 130)
"""Thousands of residents of the kecamatan 1 to 12."""

Fates = Mapping[str, int]


def fates(cards: int, seed: int) -> Sequence[Fates]:
    """For every kecamatan how many cards have which fate. They add up to `cards`."""
    totals = _totals(cards)
    random = Random(f"plan {seed} {cards}")
    shares: list[dict[str, int]] = [{} for _ in RESIDENTS]
    city = sum(RESIDENTS)
    for fate, total in totals.items():
        # dealt along the line of all residents from a random start: in proportion, and rare ones everywhere
        begin = random.random()
        passed, given = 0, 0
        for share, residents in zip(shares, RESIDENTS, strict=True):
            passed += residents
            upto = total if passed == city else int(total * passed / city + begin)
            upto = min(max(upto, given), total)
            share[fate] = upto - given
            given = upto
    return shares


def _totals(cards: int) -> dict[str, int]:
    totals = {fate: round(of_city * cards / CITY) for fate, of_city in FATES.items()}
    for fate in FATES:  # everything is there at least once, as far as it goes
        totals[fate] = max(totals[fate], 1)
    most = max(FATES, key=FATES.__getitem__)
    totals[most] += cards - sum(totals.values())
    if totals[most] < 0:
        few = list(FATES)[:cards]
        return {fate: int(fate in few) for fate in FATES} if cards <= len(FATES) else _few(cards)
    return totals


def _few(cards: int) -> dict[str, int]:
    order = list(FATES)
    return {fate: len(range(number, cards, len(order))) for number, fate in enumerate(order)}
