"""Recounts the ledger of blanks from raw history; tracking.verify runs it with the invariants of cards and queue.

| about | invariants |
| --- | --- |
| accounts | accounts_as_moved, never_below_zero, blanks_move_as_listed, blank_routes_as_listed, blanks_settled |
| cards | blanks_in_cards, steps_moved_their_blanks, printed_cards_name_their_blank, printed_by_a_result |
| papers | papers_add_up |
| serials | serials_received_once, serials_follow_their_moves, moves_name_their_serials, away_by_serial |
| batches | batches_whole, batches_took_their_blanks, allocated_cards_have_a_batch, open_lines_are_allocated, results_fit |
| the way past | exceptions_by_a_supervisor, exceptions_are_public |
"""

import json
from typing import Any

from tracking.stages import PRINTED_OR_FURTHER

from ..ledger import ACCOUNT, EFFECTS, HOLDING, QUOTAS, ROUTES, Category, Place


def lists() -> dict[str, Any]:
    """The lists of the code that the invariants compare with."""
    effects = [dict(zip(("from_stage", "to_stage", "reason", "effect"), row, strict=True)) for row in EFFECTS]
    return {
        "accounts": json.dumps([{"id": number, "place": place} for place, number in ACCOUNT.items()]),
        "routes": json.dumps([route._asdict() for route in ROUTES]),
        "effects": json.dumps(effects),
        "quotas": QUOTAS,
        "supplier": ACCOUNT[Place.SUPPLIER],
        "cards": ACCOUNT[Place.CARDS],
        "spoiled": ACCOUNT[Place.SPOILED],
        "lost": ACCOUNT[Place.LOST],
        "holding": [str(stage) for stage in HOLDING],
        "printed": [str(stage) for stage in PRINTED_OR_FURTHER],
        "categories": Category.values,
    }
