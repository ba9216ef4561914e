"""The demo's data: which database may be filled, and the rooms' parts of it in order."""

from datetime import date, timedelta

from django.db import connections

from blanks.demo import blanks_of_cards
from blanks.demo.supply import supply_to_come
from delivery.demo import custody_of_cards
from delivery.demo.rounds import rounds_of_cards
from integration.demo import nightly_batches
from tracking.actions.days import close_days
from tracking.models import Card, Installation
from tracking.seed import load
from tracking.seed.load import AlreadyAtIt
from tracking.stages import Stage

from . import demo

PUBLISHED_DAYS = 31
"""So many days of the invented history are published one by one, all older ones with the first of them."""

__all__ = ["AlreadyAtIt", "AlreadySeeded", "NotTheDemos", "seed_demo"]


class NotTheDemos(Exception):
    """Basis data ini berisi data yang bukan buatan demo, jadi tidak disentuh. Pakai basis data yang kosong."""

    def __str__(self) -> str:
        return str(self.__doc__)


class AlreadySeeded(Exception):
    """The demo is there already."""

    def __init__(self, cards: int) -> None:
        super().__init__(cards)
        self.cards = cards


def seed_demo(cards: int, *, seed: int, today: date) -> list[tuple[str, str]]:
    """Fill an empty database, or one whose seeding was interrupted. What there is to try, and its NIK."""
    state = demo.state()
    if state == demo.SEEDED:
        raise AlreadySeeded(Card.objects.count())
    if state is None and (
        Card.objects.exists() or not demo.is_untouched()
    ):  # asked first: there may be no tables
        raise NotTheDemos
    demo.mark(demo.SEEDING)
    examples = load.seed(cards, seed=seed, today=today)
    nightly_batches(load.SOURCE)
    blanks_of_cards(cards, today=today)
    custody_of_cards(today=today)
    Installation.objects.using("owner").update(day=today - timedelta(days=PUBLISHED_DAYS))
    rounds_of_cards(today=today)
    supply_to_come(today=today)
    close_days()
    demo.mark(demo.SEEDED)
    connections.close_all()
    return [(_shown(*example.shows.split()), example.nik) for example in examples]


def _shown(stage: str, more: str = "") -> str:
    if stage == "blocked":
        return "Diblokir"
    label = str(Stage(stage).label)
    return f"{label} ({'di luar buku blanko' if more == 'outside' else more})" if more else label
