"""Recounts every invariant of cards and queue from raw history and names what differs.

| about | invariants |
| --- | --- |
| history | created_once, stage_is_last_event, card_repeats_its_step, events_follow_each_other, events_in_time, steps_legal, steps_as_listed, corrections_undo_last_step, outside_mark |
| people | card_has_citizen, one_open_card, residence, facts_and_notes_have_cards |
| tickets | tickets_without_gaps, tickets_of_who_waited, ticket_fits_card, tickets_in_order, letters_have_a_rule |
| counters | stage_counts, citizens_counted_once, stays_as_steps_say, queue_bits, queue_superbuckets, queue_heads, nothing_unsettled |
| turn log | turns_follow_each_other, turns_lead_to_the_queue, turns_as_cards_were_served, nobody_overtaken |
| blocks | blocked_as_blocks_say, blocks_whole, no_blocked_card_is_printed |
| the door | door_stands |

| publication | published_once, queues_as_published, integrity_chain |

Other rooms join theirs by register(file of SQL, lists of their code); `invariants()` has all of them, each with its why.
"""  # noqa: E501

from .invariants import Invariant, Problem, Report, check, invariants, register, register_recount, verify

__all__ = ["Invariant", "Problem", "Report", "check", "invariants", "register", "register_recount", "verify"]
