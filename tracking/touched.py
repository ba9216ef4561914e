"""What the door of cards tells the triggers that follow it on the same statement: which stages were touched.

A room that is concerned with other stages then need not look at the rows.
"""

from collections.abc import Iterable

FOUND = "found"
"""Beside the stages: the statement wrote a card outside the ledger that has been found."""

_NAME = "'ektp.touched_' || pg_trigger_depth()"

TELL = f"PERFORM set_config({_NAME}, array_to_string(touched, ' '), true);"
"""For the door: what its variable `touched` holds."""


def unless_touched(*which: Iterable[str]) -> str:
    """Go home without a look at the rows, if the statement left and entered none of these stages (or FOUND).

    For triggers on whole statements over cards that come after the door (`card_moved`) by their name. Nobody can
    say anything in between: what runs inside them runs deeper, and under another name.
    """
    stages = ",".join(str(stage) for some in which for stage in some)
    return f"""
    IF NOT string_to_array(current_setting({_NAME}, true), ' ') && '{{{stages}}}' THEN RETURN NULL; END IF;
"""
