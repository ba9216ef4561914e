"""`verify` on custody that somebody damaged on purpose, past every trigger: each invariant is named, and no other."""

from typing import Any

import pytest

from tracking.verify import check, invariants

A_PIECE = (
    "(SELECT min(id) FROM delivery_piece WHERE current AND holder = 'citizen' AND series_id IS NOT NULL)"
)
# What is damaged, and what else is wrong with it then.
Damage = str | tuple[str, set[str]]

DAMAGE: dict[str, list[Damage]] = {
    "custody_chains": [
        f"DELETE FROM delivery_custody WHERE number = 2 AND piece_id = {A_PIECE}",
        f"UPDATE delivery_custody SET taker_id = 7 WHERE number = 2 AND piece_id = {A_PIECE}",
        f"UPDATE delivery_custody SET giver = 'courier' WHERE number = 1 AND piece_id = {A_PIECE}",
    ],
    "holder_is_last_taker": [
        f"UPDATE delivery_piece SET holder_id = 3 WHERE id = {A_PIECE}",
        f"UPDATE delivery_piece SET moves = moves + 1 WHERE id = {A_PIECE}",
        "DELETE FROM delivery_piece WHERE holder = 'none' AND id ="
        " (SELECT max(id) FROM delivery_piece WHERE holder = 'none')",
    ],
    "one_holder_a_card": [
        (
            f"UPDATE delivery_piece SET current = false WHERE id = {A_PIECE}",
            {"serials_have_holders"},
        ),
    ],
    "holders_fit_stages": [
        (
            f"UPDATE delivery_piece SET holder = 'courier' WHERE id = {A_PIECE}",
            {"holder_is_last_taker"},
        ),
    ],
    "serials_have_holders": [
        f"UPDATE delivery_piece SET number = number + 900000000 WHERE id = {A_PIECE}",
        (
            "UPDATE delivery_piece SET holder = 'none' WHERE id ="
            " (SELECT min(id) FROM delivery_piece WHERE NOT current AND holder = 'operator')",
            {"holder_is_last_taker"},
        ),
    ],
    "lists_say_where_cards_are": [
        "UPDATE delivery_handovercard SET open = NOT open WHERE id = (SELECT min(id) FROM delivery_handovercard WHERE open)",
        "UPDATE delivery_handover SET state = 'withdrawn' WHERE id ="
        " (SELECT min(handover_id) FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id"
        " WHERE l.open AND h.state = 'called')",
    ],
    "records_numbered_without_gaps": [
        "UPDATE delivery_handover SET serial = serial + 100000 WHERE id ="
        " (SELECT min(id) FROM delivery_handover WHERE state = 'closed')",
        "UPDATE delivery_handover SET paper = NULL WHERE id ="
        " (SELECT min(id) FROM delivery_handover WHERE state = 'closed')",
    ],
}

A_PLACE = (
    "(SELECT min(r.id) FROM delivery_roundcard r JOIN delivery_round d ON d.id = r.round_id"
    " WHERE r.ended = '' AND d.state = 'out' AND r.tries = 0)"
)
SEEN = (
    "INSERT INTO delivery_attempt (uid, round_id, place_id, courier_id, outcome, recipient, took_old_card, took_suket,"
    " took_police_letter, data_confirmed, phone_at, line, verdict) VALUES (gen_random_uuid(), 1, {place}, 1, '{outcome}', '',"
    " false, false, false, false, now(), 0, '{verdict}')"
)
DAMAGE |= {
    "cards_out_are_in_a_round": [f"UPDATE delivery_roundcard SET ended = 'lost' WHERE id = {A_PLACE}"],
    "one_round_a_card": [
        (
            "DROP INDEX one_round_a_card; INSERT INTO delivery_roundcard (round_id, card_id, position, tries, result, ended)"
            f" SELECT (SELECT max(id) FROM delivery_round), card_id, 999, 0, '', '' FROM delivery_roundcard WHERE id = {A_PLACE}",
            {"couriers_hold_their_rounds"},
        )
    ],
    "couriers_hold_their_rounds": [
        (
            "UPDATE delivery_piece SET holder_id = 999999 WHERE current AND card_id ="
            f" (SELECT card_id FROM delivery_roundcard WHERE id = {A_PLACE})",
            {"holder_is_last_taker"},
        )
    ],
    "couriers_forgotten_whole": [
        "ALTER TABLE delivery_courier DROP CONSTRAINT courier_erased_whole;"
        " UPDATE delivery_courier SET erased_at = now() WHERE id = (SELECT min(id) FROM delivery_courier)"
    ],
    "tries_as_attempts": [
        f"UPDATE delivery_roundcard SET tries = 2 WHERE id = {A_PLACE}",
        SEEN.format(place=A_PLACE, outcome="not_home", verdict="booked"),
    ],
    "ends_as_attempts": [f"UPDATE delivery_roundcard SET result = 'refused' WHERE id = {A_PLACE}"],
    "attempts_decided": [
        SEEN.format(place=A_PLACE, outcome="moved", verdict="review"),
        SEEN.format(place=A_PLACE, outcome="moved", verdict=""),
    ],
}


def test_every_invariant_is_damaged_here() -> None:
    assert set(DAMAGE) == {invariant.name for invariant in invariants() if invariant.room == "delivery"}


def test_healthy_custody_is_clean(vandal: Any) -> None:
    assert check(vandal).problems == []


@pytest.mark.parametrize(
    ("invariant", "damage"), [(name, damage) for name, damages in DAMAGE.items() for damage in damages]
)
def test_damage_is_named(vandal: Any, invariant: str, damage: Damage) -> None:
    done, also = damage if isinstance(damage, tuple) else (damage, set[str]())
    vandal.execute(done)
    assert vandal.rowcount
    found = {problem.invariant for problem in check(vandal).problems}

    assert found == {invariant} | also
