"""Recounts custody from raw history; tracking.verify runs it with the invariants of cards and blanks.

| about | invariants |
| --- | --- |
| custody | custody_chains, holder_is_last_taker, one_holder_a_card, holders_fit_stages, serials_have_holders |
| rounds | cards_out_are_in_a_round, one_round_a_card, couriers_hold_their_rounds, couriers_forgotten_whole |
| doors | tries_as_attempts, ends_as_attempts, attempts_decided |
| hand-overs | lists_say_where_cards_are, records_numbered_without_gaps |
"""

import json
from typing import Any

from ..custody import GONE, HOLDERS


def lists() -> dict[str, Any]:
    """The lists of the code that the invariants compare with."""
    may = [{"stage": stage, "holder": holder} for stage, by in HOLDERS.items() for holder in by.may_hold]
    return {"may_hold": json.dumps(may), "gone": [str(holder) for holder in GONE]}
