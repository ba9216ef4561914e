"""The pages of figures: what they cost at any number of cards, how many a second, how heavy the first ones are."""

import re
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .. import city, cluster, people, site, sizes
from ..results import Row, middle, row

PAGES = ("/", "/antrean/", "/statistik/")
ROUNDS, TIMES = 12, 20
HERE = "/antrean/bekasi-timur/"


def growth() -> Iterator[Row]:
    """Milliseconds to make a page anew, none kept: of the whole city, and of 100,000 cards."""
    sizes_of = (sizes.CITY, sizes.DISTRICT)
    took: dict[tuple[str, int], list[float]] = {}
    with ExitStack() as stack:
        databases = {n: stack.enter_context(_lived_in(n)) for n in sizes_of}
        for turn in range(ROUNDS + 1):
            for n, database in databases.items():
                with cluster.using(database):
                    for path in ("/statistik/", HERE):
                        milliseconds = _made(path)
                        if turn:  # the first one warms
                            took.setdefault((path, n), []).append(milliseconds)
    note = f"{sizes.CITY} cards beside {sizes.DISTRICT}, made anew each time"
    for name, path in (("statistics_growth", "/statistik/"), ("queue_growth", HERE)):
        large, small = (middle(took[path, n]) for n in sizes_of)
        yield row(name, large, small, "ms", "≤ 1.2", note)


@contextmanager
def _lived_in(cards: int) -> Iterator[str]:
    """A city of so many cards with its days kept and its dates forecast."""
    from blanks.actions.forecast import refresh
    from tracking.actions.days import close_days

    with cluster.cloned(city.filled(cards, people.city), f"bench_public_{cards}") as database:
        with cluster.using(database):
            close_days()
            refresh()
        cluster.calm(database)
        yield database


def _made(path: str) -> float:
    from django.test import Client

    from tracking.public import fresh

    client, began = Client(SERVER_NAME="localhost"), time.perf_counter()
    for _ in range(TIMES):
        fresh._kept.clear()
        if client.get(path).status_code != 200:
            raise RuntimeError(f"{path} is no page")
    return (time.perf_counter() - began) * 1e3 / TIMES


def public_pages() -> Iterator[Row]:
    """Requests a second beside a bare view with one look-up by an index, in the same chain and server."""
    rates: dict[str, list[float]] = {"ours": [], "bare": []}
    with cluster.cloned(city.filled(sizes.CITY, people.city), "bench_public") as database:
        ids = [
            card
            for (card,) in cluster.run(
                database, "SELECT id FROM tracking_card ORDER BY md5(id::text) LIMIT 4000"
            )
        ]
        with site.serving(database, access_log=False) as port:
            asked = {"ours": list(PAGES), "bare": [f"/peer/lookup/{card}/" for card in ids]}
            for paths in asked.values():
                site.load(port, paths, sizes.SECONDS / 2)
            for _ in range(sizes.REPETITIONS + 2):
                for name, paths in asked.items():
                    load = site.load(port, paths, sizes.SECONDS)
                    if load.odd:
                        raise RuntimeError(f"{load.odd:.0f} answers were no page")
                    rates[name].append(load.rate)
    note = f"{', '.join(PAGES)} in turns, {sizes.CITY} cards, nothing written meanwhile: each is asked whether it is fresh"
    yield row("public_pages", middle(rates["ours"]), middle(rates["bare"]), "requests/s", "≥ 0.8", note)


def first_view() -> Iterator[Row]:
    """The bytes of the first page, and of a status page, with their styles, as a browser gets them."""
    from tracking import tokens

    with cluster.cloned(city.filled(sizes.TOWN, people.city), "bench_first") as database:
        (card,) = cluster.run(
            database, "SELECT id FROM tracking_card WHERE stage = 'WAITING_FOR_BLANK' LIMIT 1"
        )[0]
        with cluster.using(database):
            status = f"/status/{tokens.token(card, 1)}/"
        with site.serving(database) as port:
            weights = {path: _weight(f"http://127.0.0.1:{port}", path) for path in ("/", status)}
    home, its_status = weights.values()
    note = (
        f"the heavier of / ({home} bytes) and a status page ({its_status} bytes), each with its style sheet"
    )
    yield row("first_view", max(home, its_status) / 1024, None, "KB", "≤ 14", note)


def _weight(base: str, path: str) -> int:
    text = _fetch(base + path, "identity").decode()
    styles = re.findall(r'<link[^>]+href="([^"]+\.css)"', text)
    return len(_fetch(base + path, "gzip")) + sum(len(_fetch(base + style, "gzip, br")) for style in styles)


def _fetch(address: str, encoding: str) -> bytes:
    request = urllib.request.Request(address, headers={"Accept-Encoding": encoding})
    with urllib.request.urlopen(request) as answer:
        body: bytes = answer.read()
    return body
