"""The way of a card as its citizen sees it: steps folded from the events, and the history beside it.

A corrected step and its correction are one line of history, and no part of the way: what was wrong never was.
"""

from typing import NamedTuple

from ..stages import FINAL, Stage

USUAL = (
    Stage.RECORDED,
    Stage.DEDUPLICATING,
    Stage.WAITING_FOR_BLANK,
    Stage.BLANK_ALLOCATED,
    Stage.PRINTED,
    Stage.AT_KECAMATAN,
    Stage.OUT_FOR_DELIVERY,
    Stage.DELIVERED,
)
"""The stages every card hopes to pass, in order."""

_RANK: dict[str, float] = {
    **{stage: rank for rank, stage in enumerate(USUAL)},
    Stage.HELD: 0.5,  # once put right, the matching begins again
    Stage.RETURNED: 6.5,
    Stage.CANCELLED: 99,
}


class Event(NamedTuple):
    """An event of the card: times are epoch seconds, `since` when it happened, `at` when it was booked."""

    id: int
    stage: str
    since: int
    at: int
    corrects: int
    by_centre: bool


class Step(NamedTuple):
    """One stage on the way: "done", "now" or "later", and since when."""

    stage: str
    state: str
    since: int | None


class Past(NamedTuple):
    """One line of history: what happened, when, at which office; or a correction of what was wrong."""

    stage: str
    since: int
    office: str
    correction: bool


class Way(NamedTuple):
    steps: list[Step]
    history: list[Past]
    since: int
    corrected_at: int | None


def read(text: str) -> list[Event]:
    """Events as tracking_status() writes them."""
    events = []
    for word in text.split():
        number, stage, since, at, corrects, by_centre = word.split(",")
        events.append(Event(int(number), stage, int(since), int(at), int(corrects), by_centre == "1"))
    return events


def fold(events: list[Event], recorded: int) -> Way:
    """The way and the history of a card; `recorded` is when its citizen was recorded."""
    undone = {event.corrects for event in events if event.corrects}
    history: list[Past] = []
    done: dict[str, int] = {}
    for event in events:
        if event.id in undone:
            continue
        if event.corrects:
            history.append(Past(event.stage, event.at, "disdukcapil", True))
            continue
        history.append(Past(event.stage, event.since, _office(event), False))
        rank = _RANK[event.stage]
        done = {stage: since for stage, since in done.items() if stage in USUAL and _RANK[stage] < rank}
        done[event.stage] = event.since
    if not done:
        return Way([], [], recorded, None)
    current, since = list(done.items())[-1]
    steps = [Step(stage, "done", when) for stage, when in done.items() if stage != current]
    if Stage.RECORDED not in done:
        steps.insert(0, Step(Stage.RECORDED, "done", recorded))
    steps.append(Step(current, "now" if current != Stage.DELIVERED else "done", since))
    if current not in FINAL:
        steps += [Step(stage, "later", None) for stage in USUAL if _RANK[stage] > _RANK[current]]
    last = events[-1]
    return Way(steps, history, since, last.at if last.corrects else None)


def _office(event: Event) -> str:
    if event.by_centre:
        return "centre"
    at_kecamatan = _RANK[Stage.AT_KECAMATAN] <= _RANK[event.stage] <= _RANK[Stage.DELIVERED]
    return "kecamatan" if at_kecamatan else "disdukcapil"
