"""The queues of work on the officer's start page; each part of the room says its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

MOST_COUNTED = 300
"""A queue is counted up to here, some days' work: more is `300+`, and costs no more."""


@dataclass(frozen=True)
class Queue:
    """So many wait since then. `limit` is a key of LATE_AFTER: after so many days it is late; `overdue`: it is anyway."""

    label: str
    count: int
    oldest: datetime | None
    address: str
    limit: str = ""
    overdue: bool = False

    @property
    def late(self) -> bool:
        """Whether the oldest of it has waited longer than the office wants."""
        days = settings.LATE_AFTER.get(self.limit)
        return self.overdue or bool(
            days is not None
            and self.count
            and self.oldest
            and timezone.now() - self.oldest > timedelta(days=days)
        )

    @property
    def counted(self) -> str:
        """The count as it is shown."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


Find = Callable[[int], Iterable[Queue]]
_queues: list[Find] = []


def queue(find: Find) -> Find:
    """Decorator: what waits for the officers of a kecamatan (its number is given)."""
    _queues.append(find)
    return find


def waiting(kecamatan: int) -> list[Queue]:
    """All of it, what is late before the rest, else in the order in which a card passes; empty queues last."""
    found = [one for find in _queues for one in find(kecamatan)]
    return sorted(found, key=lambda one: (not one.late, not one.count))
