"""Lives up to the queue: recording, matching, holds; and cards that never come so far."""

from collections.abc import Iterator
from datetime import date
from random import Random

from ..stages import Kind, Stage
from .clock import DAY, INSTALLED, SHORTAGE, Clock, busy_day, days
from .life import Life
from .people import BEGINNER, LATECOMER, RECORDED_2011_13, RECORDED_SINCE_2014

MASS_PRINT = (days(date(2011, 9, 1)), days(date(2013, 12, 20)))
RETRIED = ("PACKET_RETRY", "SEARCH_FAILURE_AT_CENTRAL", "REQUEST_VALIDATION", "ENROLL_FAILURE_AT_REGIONAL")
AT_ONCE = ("ENROLL_FAILURE_AT_REGIONAL", "REQUEST_VALIDATION", "PACKET_RETRY")
BETWEEN_PRINTS = (-17, -31, -45, -59)
"""Days on which a card may leave the queue without having been passed over (see printing)."""
MATCHING_CODES = ("RECEIVED_AT_CENTRAL", "SENT_FOR_DEDUP", "ADJUDICATE_IN_PROCESS")

Central = list[tuple[str, int]]


class Early:
    """Makes the lives of one kecamatan. Chance is used in the same way whatever day it is."""

    def __init__(self, clock: Clock, kecamatan: int, random: Random) -> None:
        self.clock, self.kecamatan, self.random = clock, kecamatan, random
        self._made = 0

    def life(self, fate: str, requested_at: int, kind: str = Kind.FIRST) -> Life:
        key = self._made * 12 + self.kecamatan
        self._made += 1
        life = Life(self.clock, key, self.kecamatan, fate, kind, requested_at)
        life.born = BEGINNER if self.random.random() < 0.55 else LATECOMER
        return life

    def outside(self, fate: str, n: int) -> Iterator[Life]:
        """Cards that came in with the first file, already printed or further, or had been by then."""
        for _ in range(n):
            recorded, done = self.long_ago()
            life = self.life(fate, recorded)
            life.born = RECORDED_2011_13 if done < MASS_PRINT[1] + 400 * DAY else RECORDED_SINCE_2014
            getattr(self, "_" + fate.replace(" ", "_"))(life, done)
            yield life

    def long_ago(self) -> tuple[int, int]:
        """When somebody was recorded and served before there was this site."""
        random = self.random.random
        if random() < 0.8:
            recorded = MASS_PRINT[0] + int(random() * (MASS_PRINT[1] - MASS_PRINT[0]))
            return recorded, recorded + int((20 + random() * 300) * DAY)
        first, last = MASS_PRINT[1] + 30 * DAY, self.clock.at(INSTALLED - 200, 0)
        recorded = first + int(random() * (last - first))
        return recorded, recorded + int((15 + random() * 150) * DAY)

    def _outside_received(self, life: Life, done: int) -> None:
        life.hear([("CARD_ISSUED", done)])

    def _outside_shipped(self, life: Life, done: int) -> None:
        life.hear([("CARD_SHIPPED", done)])

    def _outside_confirmed(self, life: Life, done: int) -> None:
        life.hear([("CARD_SHIPPED", done)])
        life.confirmed = True

    def _outside_printed(self, life: Life, done: int) -> None:
        life.hear([("CARD_PRINTED", done)])

    def _outside_allocated(self, life: Life, done: int) -> None:
        life.hear([("SENT_FOR_CARD_PRINTING", done)])

    def _outside_then_received(self, life: Life, done: int) -> None:
        printed_only = self.random.random() < 0.3
        moment = self.clock.at_office(busy_day(self.random, INSTALLED + 2, -1), self.random)
        life.hear([("CARD_PRINTED" if printed_only else "CARD_SHIPPED", done)])
        if printed_only:  # the file names the end; the card goes there step by step
            life.step(self.clock.feed_after(moment), Stage.AT_KECAMATAN, since=moment, code="CARD_SHIPPED")
        life.hear([("CARD_ISSUED", moment)])

    def _outside_not_found(self, life: Life, done: int) -> None:
        life.hear([("CARD_SHIPPED", done)])
        at = self.clock.at_office(busy_day(self.random, SHORTAGE + 6, -3), self.random)
        life.step(at, Stage.WAITING_FOR_BLANK, by="operator", reason="not_found")

    def _outside_cancelled(self, life: Life, done: int) -> None:
        life.hear([("CARD_SHIPPED", done)])
        at = self.clock.at_office(busy_day(self.random, INSTALLED + 10, -2), self.random)
        luck = self.random.random()
        why = "deceased" if luck < 0.6 else "moved_away" if luck < 0.9 else "other"
        life.step(at, Stage.CANCELLED, by="operator", reason=why)

    def recorded(self, n: int) -> Iterator[Life]:
        for _ in range(n):
            day = busy_day(self.random, -14, -1)
            life = (
                self.request("recorded", day) if self.random.random() < 0.3 else self.record("recorded", day)
            )
            if life.kind == Kind.FIRST:
                central = [("BIO_CAPTURED", life.recorded_at)]
                if day < -3 and self.random.random() < 0.6:
                    central.append(("PROCESSING", self.on(day + 1 + int(self.random.random() * 2))))
            else:
                central = [("PROCESSING", life.requested_at)]
            life.hear(central)
            yield life

    def matching(self, n: int) -> Iterator[Life]:
        for _ in range(n):
            # most since some weeks, some for months
            sent = -2 - int(95 * self.random.random() ** 1.4)
            life = self.record("matching", sent - 1 - int(self.random.random() * 6))
            life.hear(self.to_matching(life, sent, -1))
            yield life

    def held(self, code: str, n: int) -> Iterator[Life]:
        for number in range(n):
            if code == "DUPLICATE_RECORD" and number % 16 == 5:
                yield self._held_in_the_queue(code, BETWEEN_PRINTS[number // 16 % len(BETWEEN_PRINTS)])
            else:
                yield self._held(code, -1 - int(120 * self.random.random() ** 1.5))

    def _held_in_the_queue(self, code: str, stopped: int) -> Life:
        """Found out when the card was ready already: it leaves the queue and keeps its number."""
        sent = stopped - 40
        life = self.record("held", sent - 3)
        central = self.to_matching(life, sent, stopped - 4)
        life.hear([*central, ("PRINT_READY_RECORD", self.on(stopped - 2)), (code, self.on(stopped))])
        return life

    def _held(self, code: str, stopped: int, fate: str = "held") -> Life:
        if code in AT_ONCE:
            life = self.record(fate, stopped - 1 - int(self.random.random() * 9))
            central = [("BIO_CAPTURED", life.recorded_at)]
        else:
            sent = stopped - 12 - int(self.random.random() * 50)
            life = self.record(fate, sent - 1 - int(self.random.random() * 6))
            central = self.to_matching(life, sent, stopped - 1)
        life.hear([*central, (code, self.on(stopped))])
        return life

    def cancelled(self, n: int) -> Iterator[Life]:
        for number in range(n):
            day = busy_day(self.random, INSTALLED + 60, -3)
            duplicate = self.random.random() < 0.7
            life = self._held("DUPLICATE_RECORD" if duplicate else "PACKET_RETRY", day - 20, "cancelled")
            luck = self.random.random()
            why = "duplicate_deleted" if duplicate else "deceased" if luck < 0.6 else "moved_away"
            at = self.clock.at_office(day, self.random)
            if number % 60 == 7:  # the wrong one first
                life.step(at, Stage.CANCELLED, by="operator", reason=why)
                life.undo(at + 3 * 3600, by="supervisor", reason="mistake")
                at += DAY
            life.step(at, Stage.CANCELLED, by="operator", reason=why)
            yield life

    def ready(self, n: int, first: int, last: int) -> Iterator[Life]:
        """Cards that entered the queue between these days."""
        for _ in range(n):
            ready = busy_day(self.random, first, last)
            luck = self.random.random()
            if luck < 0.26:
                life = self.request("ready", ready - 2 - int(self.random.random() * 12), luck)
                central: Central = [("PROCESSING", life.requested_at)]
            else:
                held = 3 + int(self.random.random() * 35) if luck > 0.9 else 0
                code = RETRIED[int(luck * 1000) % len(RETRIED)] if luck < 0.97 else "DUPLICATE_RECORD"
                sent = ready - held - 16 - int(self.random.random() * 60)
                life = self.record("ready", sent - 1 - int(self.random.random() * 6))
                if held and code in AT_ONCE:
                    central = [("BIO_CAPTURED", life.recorded_at), (code, self.on(sent))]
                    central += [("SENT_FOR_ENROLLMENT", self.on(sent + held))]
                else:
                    central = self.to_matching(life, sent, ready - held - 3)
                    if held:
                        central += [(code, self.on(ready - held - 2)), ("SENT_FOR_DEDUP", self.on(ready - 2))]
            life.hear([*central, ("PRINT_READY_RECORD", self.on(ready))])
            yield life

    def record(self, fate: str, day: int) -> Life:
        """Somebody comes to be recorded, for a first card."""
        return self.life(fate, self.clock.at_office(day, self.random))

    def request(self, fate: str, day: int, luck: float = 0.0) -> Life:
        """Somebody who was recorded years ago asks for a new card."""
        kind = Kind.CHANGED if luck < 0.12 else Kind.DAMAGED if luck < 0.17 else Kind.LOST
        if not luck:
            kind = (Kind.CHANGED, Kind.DAMAGED, Kind.LOST)[int(self.random.random() * 3)]
        life = self.life(fate, self.clock.at_office(day, self.random), kind)
        life.recorded_at = self.long_ago()[0]
        life.born = RECORDED_2011_13
        return life

    def to_matching(self, life: Life, sent: int, upto: int) -> Central:
        """Recording and the way through the central check, as far as `upto`."""
        central: Central = [("BIO_CAPTURED", life.recorded_at), ("SENT_FOR_ENROLLMENT", self.on(sent))]
        day = sent
        for code in MATCHING_CODES[: 2 if self.random.random() < 0.8 else 3]:
            day += 2 + int(self.random.random() * 9)
            moment = self.on(day)
            if day <= upto:
                central.append((code, moment))
        return central

    def on(self, day: int) -> int:
        return self.clock.at_office(day, self.random)
