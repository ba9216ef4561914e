"""The queue of one kecamatan as it was served: the best letter first, in it the smallest number.

Until the shortage every weekly print took whoever waited; since then a few of the best every two weeks. Which
card was printed when, and so what became of it, follows from the order alone.
"""

import heapq
from collections.abc import Mapping
from math import ceil
from random import Random

from ..stages import LETTER_OF_KIND, Kind, Stage
from .clock import DAY, HOUR, INSTALLED, MINUTE, SHORTAGE, Clock
from .late import Late
from .life import CENTRE, Blocked, Life

WEEKLY = range(INSTALLED + 8, SHORTAGE + 2, 7)
FORTNIGHTLY = range(-136, -9, 14)
LAST_PRINT = -2
READY_IN_TIME = WEEKLY[-1] - 4
"""Whoever is ready by this day is printed before the shortage."""
READY_LATE = (WEEKLY[-1] + 2, -1)
ENDS_OF_SERVED = ("received", "returned", "out", "at kecamatan", "printed", "allocated")
"""What became of the printed cards, the oldest first."""
IN_TIME_SHARE = 0.9

Ranked = tuple[str, int, int, int, int]


def served(fates: Mapping[str, int]) -> int:
    return sum(fates[fate] for fate in ENDS_OF_SERVED)


def ready_in_time(fates: Mapping[str, int]) -> int:
    return int(served(fates) * IN_TIME_SHARE)


def ready_late(fates: Mapping[str, int]) -> int:
    came_back = fates["came back"] + fates["withdrawn by a block"]
    return served(fates) + came_back + fates["waiting"] - ready_in_time(fates)


class Printing:
    """Serves the queue of one kecamatan; `run` gives every card that enters it the rest of its history."""

    def __init__(self, clock: Clock, kecamatan: int, fates: Mapping[str, int], lives: list[Life]) -> None:
        self.clock, self.fates = clock, fates
        self.shift = -(kecamatan % 3)
        self.minutes = kecamatan * 9
        self.late = Late(clock, kecamatan)
        self.arriving = sorted((self.ready_at(life), life.key, life) for life in lives)
        self.arriving.reverse()
        self.queue: list[tuple[Ranked, Life]] = []
        self.away: list[tuple[int, Life]] = []  # taken back from a print, and when
        self.printed: list[tuple[int, Life]] = []
        self._block_some()

    def ready_at(self, life: Life) -> int:
        return next(step.at for step in life.steps if step.to_stage == Stage.WAITING_FOR_BLANK)

    def run(self) -> None:
        total = served(self.fates)
        last = self.fates["printed"] + self.fates["allocated"]
        for day in WEEKLY:
            self.print_on(day, total - last - len(self.printed), mishaps=day != WEEKLY[-1])
        for number, day in enumerate(FORTNIGHTLY):
            left = max(total - last - len(self.printed), 0)
            final = day == FORTNIGHTLY[-1]
            self.print_on(day, left if final else ceil(left / (len(FORTNIGHTLY) - number)), mishaps=False)
            if final:
                self.take_back(day)
        self.print_on(LAST_PRINT, total - len(self.printed), mishaps=False)
        ends = [fate for fate in ENDS_OF_SERVED for _ in range(self.fates[fate])]
        for (at, life), end in zip(self.printed, ends[len(ends) - len(self.printed) :], strict=True):
            self.late.end(life, at, end)
        for life in [life for _, life in self.queue] + [life for _, _, life in self.arriving]:
            self.late.keep_waiting(life)

    def print_on(self, day: int, most: int, *, mishaps: bool) -> None:
        at = self.clock.at(day + self.shift, 9 * HOUR + self.minutes * MINUTE)
        self._let_in(at)
        passed_over = []
        while most > 0 and self.queue:
            rank, life = heapq.heappop(self.queue)
            if any(b.at <= at and (b.lifted_at is None or b.lifted_at > at) for b in life.blocks):
                passed_over.append((rank, life))
                continue
            life.blocks = [block for block in life.blocks if block.at <= at]
            most -= 1
            if mishaps and Random(life.key).random() < 0.012:
                self.away.append((self.late.mishap(life, at), life))
            else:
                self.printed.append((at, life))
        for entry in passed_over:
            heapq.heappush(self.queue, entry)

    def take_back(self, day: int) -> None:
        """The last but one print also took some that are back in the queue today."""
        at = self.clock.at(day + self.shift, 9 * HOUR + self.minutes * MINUTE)
        for fate in ("came back", "withdrawn by a block"):
            before = len(self.printed)
            self.print_on(day, self.fates[fate], mishaps=False)
            for _, life in self.printed[before:]:
                self.late.come_back(life, at, fate)
            del self.printed[before:]

    def _let_in(self, at: int) -> None:
        while self.arriving and self.arriving[-1][0] < at:
            _, _, life = self.arriving.pop()
            heapq.heappush(self.queue, (self._rank(life), life))
        for back, life in [entry for entry in self.away if entry[0] < at]:
            self.away.remove((back, life))
            heapq.heappush(self.queue, (self._rank(life), life))

    def _rank(self, life: Life) -> Ranked:
        """In this order tickets are drawn, letter by letter (letters are served A, B, C)."""
        letter = str(LETTER_OF_KIND[Kind(life.kind)])
        return (letter, self.ready_at(life), life.requested_at, life.steps[0].at, life.key)

    def _block_some(self) -> None:
        """Of those that became ready lately some are blocked, most of them until today."""
        for ready, _, life in self.arriving:
            chance = Random(life.key * 7 + 1)
            if ready < self.clock.at(READY_LATE[0], 0) or chance.random() > 0.012:
                continue
            day = self.clock.day(ready) + 1 + int(chance.random() * 20)
            if day > -1:
                continue
            at = self.clock.feed_after(self.clock.at(day, 12 * HOUR))
            elsewhere = chance.random() < 0.4
            if not elsewhere and chance.random() < 0.3:
                block = Blocked("review", self.clock.at_office(day, chance), "operator", "admin", None, None)
            else:
                reason = "printed_elsewhere" if elsewhere else "moved_away"
                code = "CARD_PRINTED" if elsewhere else "PRINT_READY_RECORD"
                said = at - 14 * HOUR
                block = Blocked(reason, at, CENTRE, f"batch:{self.clock.batch(at)}", code, said)
            lifted = at + int((1 + chance.random() * 12) * DAY)
            if chance.random() < 0.35 and lifted < self.clock.midnight - HOUR:
                block = block._replace(lifted_at=lifted, lifted_by="supervisor")
            life.blocks.append(block)
