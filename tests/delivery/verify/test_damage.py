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


def test_every_invariant_is_damaged_here() -> None:
    assert list(DAMAGE) == [invariant.name for invariant in invariants() if invariant.room == "delivery"]


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
