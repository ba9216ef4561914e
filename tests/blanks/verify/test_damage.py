"""`verify` on a ledger that somebody damaged on purpose, past every trigger: each invariant is named, and no other."""

import json
from typing import Any

import pytest

from tracking.verify import check, invariants

A_SERIAL = "number = (SELECT min(number) FROM blanks_serial WHERE place = 'cards')"
A_RESULT = "id = (SELECT min(id) FROM blanks_result WHERE outcome = 'printed')"


def _first(cause: str) -> str:
    return f"id = (SELECT min(id) FROM blanks_movement WHERE cause = '{cause}')"


def _first_batch(size: int = 0) -> str:
    return f"(SELECT min(id) FROM blanks_printbatch WHERE size > {size})"


# What is damaged, and what else is wrong with it then.
Damage = str | tuple[str, set[str]]

DAMAGE: dict[str, list[Damage]] = {
    "accounts_as_moved": [
        "UPDATE blanks_account SET balance = balance + 1 WHERE id = 2",
        "UPDATE blanks_account SET balance = balance + CASE id WHEN 2 THEN 1 ELSE -1 END WHERE id IN (2, 3)",
        "UPDATE blanks_account SET kecamatan_id = 2 WHERE id = 101",
        "INSERT INTO blanks_account (id, place, balance) VALUES (9, 'store', 0)",
    ],
    "never_below_zero": [
        f"UPDATE blanks_movement SET id = id + 1000000, at = now() WHERE {_first('found_more')}",
        "UPDATE blanks_movement SET id = id + 1000000, at = now() WHERE cause = 'divided'",
    ],
    "blanks_move_as_listed": [
        f"UPDATE blanks_movement SET cause = 'moved' WHERE {_first('divided')}",
        f"UPDATE blanks_movement SET actor = '' WHERE {_first('returned')}",
        (
            f"UPDATE blanks_movement SET event_id = 7 WHERE {_first('allocated')}",
            {"steps_moved_their_blanks"},
        ),
        f"UPDATE blanks_movement SET document_id = NULL WHERE {_first('found_less')}",
        (
            f"UPDATE blanks_movement SET batch_id = NULL WHERE {_first('allocated')}",
            {"batches_took_their_blanks"},
        ),
    ],
    "blank_routes_as_listed": [
        "DELETE FROM blanks_route WHERE cause = 'surplus'",
        "UPDATE blanks_route SET by_card = NOT by_card WHERE cause = 'divided'",
        "INSERT INTO blanks_route (cause, from_place, to_place, by_card, supervisor, named)"
        " VALUES ('moved', 'lost', 'store', false, false, false)",
        "UPDATE blanks_stepeffect SET effect = 'spoil' WHERE effect = 'lose'",
        "DELETE FROM blanks_stepeffect WHERE from_stage = 'RETURNED' AND reason = 'lost'",
    ],
    "blanks_in_cards": [
        (
            f"UPDATE blanks_movement SET quantity = quantity + 1 WHERE {_first('allocated')}",
            {
                "accounts_as_moved",
                "never_below_zero",
                "steps_moved_their_blanks",
                "batches_took_their_blanks",
            },
        ),
    ],
    "steps_moved_their_blanks": [
        f"UPDATE blanks_movement SET at = at + interval '1 second' WHERE {_first('returned')}",
        (
            "UPDATE tracking_event SET reason = 'lost' WHERE id = (SELECT min(id) FROM tracking_event WHERE reason = 'damaged')",
            set(),
        ),
        (
            "UPDATE tracking_event SET reason = 'misprint' WHERE id ="
            " (SELECT min(id) FROM tracking_event WHERE reason = 'withdrawn')",
            {"printed_by_a_result"},
        ),
        (
            f"UPDATE blanks_movement SET to_account_id = 213 - to_account_id WHERE {_first('returned')}",
            {"accounts_as_moved", "never_below_zero"},
        ),
    ],
    "papers_add_up": [
        "UPDATE blanks_document SET on_paper = on_paper + 1 WHERE kind = 'shipment'",
        "UPDATE blanks_document SET counted = counted + 1 WHERE kind = 'division'",
        "UPDATE blanks_range SET last = last + 1 WHERE id = (SELECT max(id) FROM blanks_range)",
        "UPDATE blanks_range SET last = last + 1 WHERE id = 1",
    ],
    "serials_received_once": [
        "UPDATE blanks_range SET first = first + 100000000000, last = last + 100000000000 WHERE id = 1",
        "ALTER TABLE blanks_range DROP CONSTRAINT serial_received_once; UPDATE blanks_range r SET first = o.first + 1,"
        " last = o.first + 1 + r.last - r.first FROM blanks_range o WHERE o.id = 1 AND r.id = 2",
    ],
    "serials_follow_their_moves": [
        f"UPDATE blanks_serial SET move_id = 0 WHERE {A_SERIAL}",
        "UPDATE blanks_serialmove SET card_id = 999999999 WHERE to_place = 'destroyed'",
        "DELETE FROM blanks_serial WHERE place = 'lost'",
        "INSERT INTO blanks_serial (series_id, number, place, move_id) SELECT series_id, last, 'free', 0"
        " FROM blanks_range WHERE id = (SELECT max(id) FROM blanks_range)",
    ],
    "printed_cards_name_their_blank": [
        (f"UPDATE blanks_serial SET card_id = 999999999 WHERE {A_SERIAL}", {"serials_follow_their_moves"}),
        (f"UPDATE blanks_serial SET place = 'free' WHERE {A_SERIAL}", {"serials_follow_their_moves"}),
    ],
    "moves_name_their_serials": [
        "UPDATE blanks_serialmove SET movement_id = NULL WHERE to_place = 'spoiled'",
        "UPDATE blanks_serialmove SET movement_id = 999999999 WHERE to_place = 'lost'",
        "UPDATE blanks_serialmove SET movement_id ="
        f" (SELECT id FROM blanks_movement WHERE {_first('returned')}) WHERE to_place = 'lost'",
    ],
    "away_by_serial": [
        ("DELETE FROM blanks_serial WHERE place = 'destroyed'", {"serials_follow_their_moves"}),
        "INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, document_id, reason, at, actor,"
        " source, xid) SELECT 5, 2, balance, 'found', (SELECT min(id) FROM blanks_document WHERE kind = 'count'), '',"
        " now(), 'x', 'x', 0 FROM blanks_account WHERE id = 5; UPDATE blanks_account a SET balance = CASE id WHEN 5 THEN 0 ELSE"
        " balance + (SELECT b.balance FROM blanks_account b WHERE b.id = 5) END WHERE id IN (2, 5)",
    ],
    "batches_whole": [
        f"UPDATE blanks_printbatch SET size = size + 1 WHERE id = {_first_batch()}",
        f"UPDATE blanks_batchcard SET line = 1000 - line WHERE batch_id = {_first_batch(1)}",
        (
            f"UPDATE blanks_batchcard SET card_id = 1000000 + card_id WHERE (batch_id, line) = ({_first_batch()}, 1)",
            {"allocated_cards_have_a_batch", "results_fit"},
        ),
    ],
    "batches_took_their_blanks": [
        f"UPDATE blanks_movement SET last_number = last_number + 1 WHERE {_first('allocated')}",
        f"UPDATE blanks_movement SET last_number = NULL WHERE {_first('allocated')}",
    ],
    "allocated_cards_have_a_batch": [
        (
            f"UPDATE blanks_printbatch SET at = at + interval '1 minute' WHERE id = {_first_batch()}",
            {"batches_took_their_blanks"},
        ),
    ],
    "open_lines_are_allocated": [
        "UPDATE blanks_batchcard SET left_to = NULL WHERE left_to = 'PRINTED'",
        "UPDATE blanks_batchcard SET open = false, left_to = 'PRINTED' WHERE open",
        "UPDATE blanks_batchcard SET open = true, left_to = NULL WHERE (batch_id, line) ="
        " (SELECT batch_id, line FROM blanks_batchcard WHERE left_why = 'withdrawn' LIMIT 1)",
    ],
    "results_fit": [
        f"UPDATE blanks_result SET batch_id = 999999999 WHERE {A_RESULT}",
        "INSERT INTO blanks_result (batch_id, card_id, outcome, at, actor)"
        f" SELECT batch_id, card_id, 'printed', now(), actor FROM blanks_result WHERE {A_RESULT}",
        (f"UPDATE blanks_result SET number = number + 1 WHERE {A_RESULT}", set()),
    ],
    "printed_by_a_result": [
        f"UPDATE blanks_result SET outcome = 'misprint' WHERE {A_RESULT}",
        (f"DELETE FROM blanks_result WHERE {A_RESULT}", {"results_fit"}),
    ],
    "exceptions_by_a_supervisor": [
        "UPDATE blanks_priority SET ended_at = now() WHERE ended_at IS NULL",
        "UPDATE blanks_priority SET actor = 'source:pusat' WHERE ended_at IS NULL",
        "ALTER TABLE blanks_priority DROP CONSTRAINT priority_says_why; UPDATE blanks_priority SET category = 'friend'",
        (
            f"UPDATE blanks_batchcard SET exception = true WHERE (batch_id, line) = ({_first_batch()}, 1)",
            {"exceptions_are_public"},
        ),
    ],
    "exceptions_are_public": [
        "UPDATE tracking_turn SET act = 'exception' WHERE (moment, kecamatan_id, letter, act) ="
        " (SELECT moment, kecamatan_id, letter, act FROM tracking_turn WHERE act = 'served' ORDER BY 1, 2, 3 LIMIT 1)",
    ],
    "blanks_settled": ["INSERT INTO blanks_unsettled (xid, account_id, n) VALUES (1, 2, 1)"],
}


def test_every_invariant_is_damaged_here() -> None:
    assert list(DAMAGE) == [invariant.name for invariant in invariants() if invariant.room == "blanks"]


def test_a_healthy_ledger_is_clean(vandal: Any) -> None:
    assert check(vandal).problems == []


@pytest.mark.parametrize(
    ("invariant", "damage"), [(name, damage) for name, damages in DAMAGE.items() for damage in damages]
)
def test_damage_is_named(vandal: Any, invariant: str, damage: Damage) -> None:
    done, also = damage if isinstance(damage, tuple) else (damage, set[str]())
    vandal.execute(done)
    assert vandal.rowcount
    of_rooms_above = {one.name for one in invariants() if one.room not in ("tracking", "blanks")}
    found = {problem.invariant for problem in check(vandal).problems}

    assert found - of_rooms_above == {invariant} | also


def test_what_it_says_names_nobody(vandal: Any) -> None:
    vandal.execute("SELECT name FROM tracking_citizen")
    names = {name for (name,) in vandal.fetchall()}
    for statement in (
        "UPDATE blanks_serial SET card_id = -card_id",
        "UPDATE blanks_printbatch SET at = now()",
        "UPDATE blanks_result SET number = number + 1",
        "UPDATE blanks_priority SET ended_at = now()",
    ):
        vandal.execute(statement)

    said = json.dumps([problem._asdict() for problem in check(vandal).problems])

    assert said != "[]"
    assert not [name for name in names if name in said]
