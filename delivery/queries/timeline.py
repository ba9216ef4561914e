"""Changes of hands that are no step, in a card's history as staff read it."""

from collections.abc import Iterator

from tracking.queries.timeline import Entry, also
from tracking.queries.timeline import names as people

from ..custody import Act
from .custody import chain, names

BY_A_STEP = (Act.PRINTED, Act.STEP, Act.LOST, Act.CORRECTED)
"""These the history tells already."""


@also
def changes_of_hands(card_id: int) -> Iterator[Entry]:
    """Who gave the card to whom, where no step of it says so."""
    rows = [row for row in chain(card_id) if row.act not in BY_A_STEP]
    holders = names([end for row in rows for end in ((row.giver, row.giver_id), (row.taker, row.taker_id))])
    who = people(row.actor for row in rows)
    for row in rows:
        way = f"{holders[row.giver, row.giver_id]} → {holders[row.taker, row.taker_id]}"
        yield Entry(row.at, "custody", f"{Act(row.act).label}: {way}", who[row.actor], row.source, "")
