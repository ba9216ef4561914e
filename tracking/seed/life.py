"""One invented card and its history, written down as the door of the database would have done it."""

from typing import NamedTuple

from ..stages import AT_TICKETS_KECAMATAN, CENTRAL_STAGE, FINAL, LED_BY_LEDGER, Stage
from .clock import Clock
from .people import BEGINNER, Born

CENTRE = "source:pusat"
OFFICE_PAGES = "admin"


class Step(NamedTuple):
    """One event; `undoes` is the place in the card's history of the step that it corrects."""

    from_stage: str | None
    to_stage: str
    at: int
    since: int
    code: str | None
    actor: str
    reason: str
    source: str
    left_outside: bool | None
    undoes: int | None


class Fact(NamedTuple):
    """What the centre said without moving the card."""

    code: str
    since: int
    at: int


class Blocked(NamedTuple):
    """A block and its end."""

    reason: str
    at: int
    actor: str
    source: str
    code: str | None
    central_at: int | None
    lifted_at: int | None = None
    lifted_by: str | None = None


class Life:
    """A card. `hear` is what the nightly files say, `step` and `undo` what the office does."""

    __slots__ = (
        "_standing", "blocks", "born", "citizen", "clock", "confirmed", "facts", "fate", "kecamatan", "key",
        "kind", "moved_to", "outside", "recorded_at", "requested_at", "said", "stage", "steps",
        "ticket_kecamatan",
    )  # fmt: skip

    def __init__(
        self, clock: Clock, key: int, kecamatan: int, fate: str, kind: str, requested_at: int
    ) -> None:
        self.clock = clock
        self.key = self.citizen = key
        self.kecamatan, self.moved_to = kecamatan, 0
        self.fate, self.kind = fate, kind
        self.requested_at = self.recorded_at = requested_at
        self.born: Born = BEGINNER
        self.stage = ""
        self.outside = self.confirmed = False
        self.ticket_kecamatan = 0
        self.steps: list[Step] = []
        self.facts: list[Fact] = []
        self.blocks: list[Blocked] = []
        self.said: tuple[str, int] = ("", 0)  # the centre's last word
        self._standing: list[int] = []  # places of steps that no correction undid

    def hear(self, central: list[tuple[str, int]]) -> None:
        """What the centre said and when, oldest first; of one night only the last is heard."""
        nights = [(self.clock.feed_after(moment), code, moment) for code, moment in central]
        for (night, code, moment), later in zip(nights, [*nights[1:], (None, "", 0)], strict=True):
            self.said = (code, moment)
            if later[0] == night:
                continue
            stage = CENTRAL_STAGE[code]
            if (self.stage in LED_BY_LEDGER and not self.outside) or stage == self.stage:
                self.facts.append(Fact(code, moment, night))
            else:
                self.step(night, stage, since=moment, code=code)

    def step(
        self,
        at: int,
        to: str,
        *,
        by: str = CENTRE,
        reason: str = "",
        since: int | None = None,
        code: str | None = None,
    ) -> None:
        source = f"batch:{self.clock.batch(at)}" if code else OFFICE_PAGES
        if code and to == Stage.HELD:
            reason = code
        left = (self.stage or None, self.outside if self.stage else None)
        self._standing.append(len(self.steps))
        self.steps.append(
            Step(left[0], to, at, at if since is None else since, code, by, reason, source, left[1], None)
        )
        self.stage = to
        if left[0] is None:
            self.outside = to in LED_BY_LEDGER
        elif to in (Stage.WAITING_FOR_BLANK, Stage.HELD):
            self.outside = False
        if to == Stage.WAITING_FOR_BLANK and not self.ticket_kecamatan:
            self.ticket_kecamatan = self.kecamatan

    def undo(self, at: int, *, by: str, reason: str) -> None:
        place = self._standing.pop()
        undone, before = self.steps[place], self.steps[self._standing[-1]]
        self.steps.append(
            Step(
                self.stage,
                undone.from_stage or "",
                at,
                before.since,
                before.code,
                by,
                reason,
                OFFICE_PAGES,
                self.outside,
                place,
            )
        )
        self.stage = undone.from_stage or ""
        self.outside = bool(undone.left_outside)

    @property
    def last(self) -> Step:
        """The step that put the card where it is."""
        return self.steps[self._standing[-1]]

    @property
    def is_blocked(self) -> bool:
        return any(block.lifted_at is None for block in self.blocks)

    @property
    def is_open(self) -> bool:
        return self.stage not in FINAL

    @property
    def place(self) -> int:
        if self.stage in AT_TICKETS_KECAMATAN and self.ticket_kecamatan:
            return self.ticket_kecamatan
        return self.moved_to or self.kecamatan
