"""The status page: how many a second."""

import random
from collections.abc import Iterator

from tracking import tokens

from .. import city, cluster, people, site, sizes
from ..results import Row, middle, row

TOKENS = 4_000
LANGUAGES = ("", "", "", "/en")  # one visitor in four reads English


def status_page() -> Iterator[Row]:
    """The whole status page beside a bare look-up, and beside the same page of ORM and templates."""
    with cluster.cloned(city.filled(sizes.CITY, people.city), "bench_pages") as database:
        ids = _cards(database)
        with cluster.using(database):
            links = [tokens.token(card, 1) for card in ids]
        ours = [f"{language}/status/{link}/" for link in links for language in LANGUAGES]
        bare = [f"/peer/lookup/{card}/" for card in ids]
        plain = [f"{language}/peer/plain/{link}/" for link in links for language in LANGUAGES]
        rates: dict[str, list[float]] = {"ours": [], "bare": [], "plain": [], "empty": []}
        odd, own_time = 0.0, 0.0
        with site.serving(database) as whole, site.serving(database, access_log=False) as lean:
            asked = {
                "ours": (whole, ours),
                "bare": (lean, bare),
                "plain": (lean, plain),
                "empty": (lean, ["/peer/empty/"]),
            }
            for port, paths in asked.values():
                site.load(port, paths, sizes.SECONDS / 2)
            for _ in range(sizes.REPETITIONS + 2):
                for name, (port, paths) in asked.items():
                    load = site.load(port, paths, sizes.SECONDS)
                    rates[name].append(load.rate)
                    odd += load.odd
                    own_time = max(own_time, load.own_time)
    if odd:
        raise RuntimeError(f"{odd:.0f} answers were no page")
    middles = {name: middle(values) for name, values in rates.items()}
    note = (
        f"{sizes.CITY} cards, half of the links waiting; an empty view answers {middles['empty']:.0f}/s; "
        f"the load itself takes {own_time:.0%} of a processor"
    )
    yield row("status_page", middles["ours"], middles["bare"], "requests/s", "≥ 0.8", note)
    yield row("status_page_plain", middles["ours"], middles["plain"], "requests/s", "≥ 3")


def _cards(database: str) -> list[int]:
    """Half of them waiting, the others as they come."""
    found = []
    for which in ("stage = 'WAITING_FOR_BLANK'", "stage <> 'WAITING_FOR_BLANK'"):
        cards = cluster.run(database, f"SELECT id FROM tracking_card WHERE {which}")
        found += random.Random(2).sample(cards, min(TOKENS // 2, len(cards)))
    return [card for (card,) in found]
