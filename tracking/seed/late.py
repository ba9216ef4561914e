"""Lives from the blank on: printed, brought to the kecamatan, carried home; with what goes wrong on the way."""

from random import Random

from ..stages import Stage
from .clock import DAY, HOUR, MINUTE, Clock
from .life import CENTRE, Blocked, Fact, Life

S = Stage
NOT_DELIVERED = ("not_home", "not_home", "address_not_found", "round_ended", "refused")
SAID_LATER = {
    S.BLANK_ALLOCATED: "SENT_FOR_CARD_PRINTING",
    S.PRINTED: "CARD_PRINTED",
    S.DELIVERED: "CARD_ISSUED",
}

Way = list[tuple[int, str, str, str]]  # seconds after the allocation, stage, by, reason


class Late:
    """The rest of a card's history, for cards of one kecamatan."""

    def __init__(self, clock: Clock, kecamatan: int) -> None:
        self.clock = clock
        self.officer = f"kecamatan {kecamatan}"
        self.until = clock.midnight - HOUR
        self.corrected = 0

    def end(self, life: Life, allocated_at: int, end: str) -> None:
        """Allocated then; and what became of it by today."""
        life.fate = end
        chance = Random(life.key * 7 + 2)
        way = self._way(end, chance)
        took = max(way[-1][0], 1) if way else 1
        squeeze = min(1.0, (self.until - allocated_at) / took)
        life.step(allocated_at, S.BLANK_ALLOCATED, by="operator")
        for after, stage, by, reason in way:
            at = self.clock.by_day(allocated_at + int(after * squeeze))
            if stage == "undo":
                life.undo(at, by=by, reason=reason)
            else:
                life.step(at, stage, by=by, reason=reason)
        if end == "at kecamatan" and chance.random() < 0.03:
            at = self.clock.feed_after(self.clock.at(-1, 0))
            block = Blocked("already_printed", at, CENTRE, f"batch:{self.clock.batch(at)}", "DUPLICATE_RECORD",
                            at - 13 * HOUR)  # fmt: skip
            life.blocks.append(block)
        if chance.random() < 0.6:
            self._hear_later(life)

    def _way(self, end: str, chance: Random) -> Way:
        random = chance.random
        if end == "allocated":
            return []
        now = HOUR + int(random() * 6 * HOUR)
        way: Way = [(now, S.PRINTED, "operator", "")]
        if end == "printed":
            return way
        if random() < 0.004:  # booked too early, put right by the supervisor
            way += [
                (now + 20 * MINUTE, "undo", "supervisor", "mistake"),
                (now + HOUR, S.PRINTED, "operator", ""),
            ]
        now += int((1 + random() * 2) * DAY)
        way.append((now, S.AT_KECAMATAN, self.officer, ""))
        if end == "at kecamatan":
            return way
        collects = random() < 0.3 and end == "received"
        if collects:
            now += int((1 + random() * 12) * DAY)
            way.append((now, S.DELIVERED, self.officer, ""))
            if random() < 0.02:  # the wrong card, noticed at once by the officer
                way.append((now + 6 * MINUTE, "undo", self.officer, "wrong_card"))
                way.append((now + 2 * DAY, S.DELIVERED, self.officer, ""))
            return way
        now += int((1 + random() * 3) * DAY)
        way.append((now, S.OUT_FOR_DELIVERY, self.officer, ""))
        if end == "out":
            return way
        if end == "returned" or random() < 0.12:
            now += int((1 + random()) * DAY)
            way.append((now, S.RETURNED, self.officer, NOT_DELIVERED[int(random() * len(NOT_DELIVERED))]))
            if end == "returned":
                return way
            now += int((1 + random() * 8) * DAY)
        else:
            now += int((2 + random() * 40) * HOUR)
        way.append((now, S.DELIVERED, self.officer, ""))
        if random() < 0.004 and way[-2][1] == S.OUT_FOR_DELIVERY:  # another house's card: two steps back
            way.append((now + 5 * HOUR, "undo", "supervisor", "wrong_card"))
            way.append((now + 5 * HOUR + MINUTE, "undo", "supervisor", "wrong_card"))
            way.append((now + 2 * DAY, S.OUT_FOR_DELIVERY, self.officer, ""))
            way.append((now + 3 * DAY, S.DELIVERED, self.officer, ""))
        return way

    def _hear_later(self, life: Life) -> None:
        """The centre learns of it days after; that moves nothing and is kept."""
        for step in life.steps:
            code = SAID_LATER.get(S(step.to_stage))
            said = step.at + 20 * HOUR
            if (
                code
                and step.undoes is None
                and said < self.until
                and said > life.said[1]
                and code != life.said[0]
            ):
                life.facts.append(Fact(code, said, self.clock.feed_after(said)))
                life.said = (code, said)

    def mishap(self, life: Life, allocated_at: int) -> int:
        """Not printed after all, or spoiled on the way; when it was back in the queue."""
        chance = Random(life.key * 7 + 3).random()
        at = allocated_at + 3 * HOUR
        life.step(allocated_at, S.BLANK_ALLOCATED, by="operator")
        if chance < 0.3:
            life.step(
                at, S.WAITING_FOR_BLANK, by="operator", reason="misprint" if chance < 0.2 else "withdrawn"
            )
            return at
        life.step(at, S.PRINTED, by="operator")
        if chance < 0.6:
            life.step(at + DAY, S.WAITING_FOR_BLANK, by="operator", reason="damaged")
            return at + DAY
        life.step(at + DAY, S.AT_KECAMATAN, by=self.officer)
        if chance < 0.8:
            reason = "wrong_data" if chance < 0.7 else "lost"
            life.step(at + 2 * DAY, S.WAITING_FOR_BLANK, by=self.officer, reason=reason)
            return at + 2 * DAY
        life.step(at + 2 * DAY, S.OUT_FOR_DELIVERY, by=self.officer)
        life.step(at + 3 * DAY, S.WAITING_FOR_BLANK, by=self.officer, reason="lost")
        return at + 3 * DAY

    def come_back(self, life: Life, allocated_at: int, fate: str) -> None:
        """Was being printed; is in the queue again since yesterday, or since its block."""
        life.fate = fate
        life.step(allocated_at, S.BLANK_ALLOCATED, by="operator")
        if fate == "came back":
            life.step(allocated_at + 4 * HOUR, S.PRINTED, by="operator")
            at = self.clock.at(-1, 10 * HOUR)
            life.step(at, S.WAITING_FOR_BLANK, by="operator", reason="damaged")
            return
        at = allocated_at + 5 * HOUR
        life.blocks.append(Blocked("review", at, "supervisor", "admin", None, None))
        life.step(at, S.WAITING_FOR_BLANK, by="supervisor", reason="blocked")

    def keep_waiting(self, life: Life) -> None:
        """Still in the queue today. Some have moved house within the city meanwhile."""
        life.fate = "waiting"
        chance = Random(life.key * 7 + 4)
        if chance.random() < 0.008 and not life.outside:
            life.moved_to = 1 + (life.kecamatan + int(chance.random() * 11)) % 12
