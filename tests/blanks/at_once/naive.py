"""The books of the office as a child would keep them: who waits, what each place holds, where each serial is."""

from dataclasses import dataclass, field
from typing import Any

LETTERS = "ABC"
Undo = tuple[str, dict[Any, int], tuple[int, str, str] | None]


@dataclass
class Person:
    """A card: where it is, its number, and how each of its steps is undone."""

    kecamatan: int
    turn: tuple[int, int]  # letter, number
    stage: str = "WAITING_FOR_BLANK"
    blocked: bool = False
    first: bool = False  # an exception is in force
    serial: int | None = None
    steps: list[Undo] = field(default_factory=list)


@dataclass
class Books:
    """Balances by place (a quota by its number), serials by place, cards by id."""

    balance: dict[Any, int] = field(default_factory=dict)
    serials: dict[int, str] = field(default_factory=dict)
    cards: dict[int, Person] = field(default_factory=dict)

    def move(self, a: Any, b: Any, n: int = 1) -> None:
        self.balance[a] = self.balance.get(a, 0) - n
        self.balance[b] = self.balance.get(b, 0) + n

    def queue(self, kecamatan: int) -> list[int]:
        """Who is served, in turn: exceptions, then letter by letter, by number."""
        waiting = [
            (not one.first, one.turn, key)
            for key, one in self.cards.items()
            if one.kecamatan == kecamatan and one.stage == "WAITING_FOR_BLANK" and not one.blocked
        ]
        return [key for *_turn, key in sorted(waiting)]

    def need(self, kecamatan: int) -> int:
        return max(len(self.queue(kecamatan)) - self.balance.get(kecamatan, 0), 0)

    def step(self, card: int, to: str, a: Any = None, b: Any = None, serial: int | None = None) -> None:
        """A card moves, its blank from a to b, on this serial (free before, unless the card was on it)."""
        one = self.cards[card]
        place = None
        if a is not None:
            self.move(a, b)
        if serial is not None:
            place = (serial, self.serials[serial], b if b in ("spoiled", "lost") else "cards")
            self.serials[serial] = place[2]
        one.steps.append((one.stage, {a: 1, b: -1} if a is not None else {}, place))
        one.stage = to
        one.serial = serial if to in ("PRINTED",) else None
        if to in ("PRINTED", "CANCELLED"):
            one.first = False

    def can_undo(self, card: int) -> bool:
        one = self.cards[card]
        if not one.steps:
            return False
        back_to, deltas, place = one.steps[-1]
        if one.blocked and back_to == "BLANK_ALLOCATED":
            return False
        if any(self.balance.get(key, 0) + n < 0 for key, n in deltas.items() if key != "supplier"):
            return False
        if deltas.get("lost") and place is None and not self.nameless():
            return False
        return place is None or self.serials[place[0]] == place[2]

    def undo(self, card: int) -> None:
        one = self.cards[card]
        one.stage, deltas, place = one.steps.pop()
        for key, n in deltas.items():
            self.balance[key] = self.balance.get(key, 0) + n
        one.serial = None
        if place:
            # a printed card is on its blank again; one at the printer is on none
            self.serials[place[0]] = place[1] if one.stage == "PRINTED" else "free"
            one.serial = place[0] if one.stage == "PRINTED" else None

    def nameless(self) -> int:
        """Lost blanks of which nobody knows the serial."""
        return self.balance.get("lost", 0) - sum(place == "lost" for place in self.serials.values())
