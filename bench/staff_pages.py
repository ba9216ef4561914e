"""What staff ask for most, timed within one process: the list of cards page by page, and searches."""

import random
import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test import Client

from staff import demo
from staff.models import User
from tracking.models import Card, Ticket

LIST = "/admin/tracking/card/"
SEARCH = LIST + "cari/"
FILTERS = ("", "?tahap=WAITING_FOR_BLANK", "?tahap=HELD", "?kecamatan=4", "?tahap=DELIVERED", "?jenis=UBAH")


def asked(count: int) -> dict[str, Any]:
    """Seconds of each page, by what it is."""
    demo.logins()
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(username="supervisor"), "django.contrib.auth.backends.ModelBackend")
    pick = random.Random(3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(id) FROM tracking_card")
        highest = cursor.fetchone()[0]
    cards = [
        card
        for key in (pick.randrange(1, highest + 1) for _ in range(count))
        if (card := Card.objects.select_related("citizen").filter(pk=key).first())
    ]
    tickets = list(Ticket.objects.order_by("card_id")[:count])

    def search(what: str, **more: object) -> Callable[[], Any]:
        return lambda: client.post(SEARCH, {"what": what, "reason": "counter", **more})

    asks: dict[str, list[Callable[[], Any]]] = {
        "list": [
            *(lambda f=f: client.get(LIST + f) for f in FILTERS for _ in range(max(1, count // 10))),
            *(lambda c=c: client.get(f"{LIST}?sesudah={c.pk}") for c in cards),
        ],
        "search": [
            *(search(c.citizen.name[:12]) for c in cards),
            *(search(str(t), kecamatan=t.kecamatan_id) for t in tickets),
            *(search(_nik(c)) for c in cards),
        ],
    }
    return {name: [_timed(ask) for ask in _shuffled(some, pick)] for name, some in asks.items()}


def _nik(card: Card) -> str:
    from tracking import nik

    return nik.unseal(card.citizen.nik_sealed)


def _shuffled(some: list[Callable[[], Any]], pick: random.Random) -> list[Callable[[], Any]]:
    some[0]()  # templates and queries are compiled
    return pick.sample(some, len(some))


def _timed(ask: Callable[[], Any]) -> float:
    started = time.perf_counter()
    answer = ask()
    took = time.perf_counter() - started
    if answer.status_code not in (200, 302, 303):
        raise RuntimeError(f"A page of staff's answered {answer.status_code}.")
    return took
