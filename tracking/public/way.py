"""The way of a card as its citizen sees it: steps folded from the events, and the history beside it.

A corrected step and its correction are one line of history, and no part of the way: what was wrong never was.
Times stay numbers of events here, so that cards with the same way share all that is made of it.
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
RECORDING = -1
"""Stands for when the citizen was recorded, which is no event of the card."""


class Step(NamedTuple):
    """One stage on the way: "done", "now" or "later", and the number of the event that led to it."""

    stage: str
    state: str
    event: int | None


class Past(NamedTuple):
    """One line of history: the stage, the event, the office; or a correction of what was wrong."""

    stage: str
    event: int
    office: str
    correction: bool
    receiver: str = ""


class Way(NamedTuple):
    """`since`: the event that led to the present stage; `corrected`: the correction, if one came last;
    `receiver`: who took a card that is delivered, if it is known."""

    steps: list[Step]
    history: list[Past]
    since: int
    corrected: int | None
    receiver: str


def fold(words: list[str]) -> Way:
    """The way from the words that tracking_status() has for the events, oldest first."""
    taken: list[Past] = []
    history: list[Past] = []
    for number, word in enumerate(words):
        stage, _slash, receiver = word.rstrip("+-").partition("/")
        if word.endswith("-"):
            history.remove(taken.pop())  # a correction undoes the last step
            history.append(Past(stage, number, "disdukcapil", True))
        else:
            office = "centre" if word.endswith("+") else _office(stage)
            taken.append(Past(stage, number, office, False, receiver))
            history.append(taken[-1])
    current = taken[-1].stage
    steps = [Step(stage, "done", number) for stage, number in _done(taken).items()]
    steps.append(Step(current, "done" if current == Stage.DELIVERED else "now", taken[-1].event))
    if current not in FINAL:
        steps += [Step(stage, "later", None) for stage in USUAL if _RANK[stage] > _RANK[current]]
    corrected = len(words) - 1 if words[-1].endswith("-") else None
    return Way(steps, history, taken[-1].event, corrected, taken[-1].receiver)


def _done(taken: list[Past]) -> dict[str, int]:
    """Stages passed before the present one; what a step back has undone is still to come."""
    done: dict[str, int] = {}
    for past in taken:
        rank = _RANK[past.stage]
        done = {stage: event for stage, event in done.items() if stage in USUAL and _RANK[stage] < rank}
        done[past.stage] = past.event
    del done[taken[-1].stage]
    return done if taken[0].stage == Stage.RECORDED else {Stage.RECORDED.value: RECORDING} | done


def _office(stage: str) -> str:
    at_kecamatan = _RANK[Stage.AT_KECAMATAN] <= _RANK[stage] <= _RANK[Stage.DELIVERED]
    return "kecamatan" if at_kecamatan else "disdukcapil"
