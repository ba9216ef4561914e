"""`verify` on a database that somebody damaged on purpose, past every trigger: each invariant is named."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from tracking.verify import check, invariants

A_CARD = "(SELECT min(id) FROM tracking_card WHERE stage = 'WAITING_FOR_BLANK' AND NOT blocked)"
AN_EVENT = f"(SELECT max(id) FROM tracking_event WHERE card_id = {A_CARD})"
A_CORRECTION = "(SELECT min(id) FROM tracking_event WHERE corrects IS NOT NULL)"
A_TICKET = "(SELECT card_id FROM tracking_ticket WHERE number = 3 AND letter = 'A' AND kecamatan_id = 3)"

DAMAGE = {
    "created_once": f"DELETE FROM tracking_event WHERE card_id = {A_CARD}",
    "stage_is_last_event": f"UPDATE tracking_card SET stage = 'DELIVERED' WHERE id = {A_CARD}",
    "card_repeats_its_step": f"UPDATE tracking_card SET since = since - interval '1 day' WHERE id = {A_CARD}",
    "events_follow_each_other": f"UPDATE tracking_event SET from_stage = 'PRINTED' WHERE id = {AN_EVENT}",
    "events_in_time": f"UPDATE tracking_event SET at = now() + interval '3 days' WHERE id = {AN_EVENT}",
    "steps_legal": "UPDATE tracking_event SET reason = 'iseng' WHERE id = (SELECT min(id) FROM tracking_event"
    " WHERE to_stage = 'DELIVERED' AND from_stage IS NOT NULL)",
    "steps_as_listed": "UPDATE tracking_step SET towards_citizen = NOT towards_citizen"
    " WHERE id = (SELECT min(id) FROM tracking_step)",
    "corrections_undo_last_step": "INSERT INTO tracking_event SELECT (e).* FROM (SELECT jsonb_populate_record(e,"
    " jsonb_build_object('id', nextval('tracking_event_id'), 'from_stage', e.to_stage, 'to_stage', e.from_stage,"
    " 'corrects', e.id, 'reason', 'other')) AS e FROM tracking_event e WHERE e.corrects IS NULL AND e.id ="
    " (SELECT min(b.id) FROM tracking_event a JOIN tracking_event b USING (card_id)"
    " WHERE a.from_stage IS NULL AND b.from_stage IS NOT NULL AND b.to_stage = 'DEDUPLICATING'"
    " AND EXISTS (SELECT FROM tracking_event c WHERE c.card_id = b.card_id AND c.id > b.id))) made",
    "outside_mark": "UPDATE tracking_card SET outside_ledger = false WHERE id ="
    " (SELECT min(id) FROM tracking_card WHERE outside_ledger)",
    "card_has_citizen": f"DELETE FROM tracking_citizen WHERE id = (SELECT citizen_id FROM tracking_card WHERE id = {A_CARD})",
    "one_open_card": "DROP INDEX one_open_card; UPDATE tracking_card SET citizen_id ="
    f" (SELECT max(citizen_id) FROM tracking_card WHERE NOT closed AND id <> {A_CARD}) WHERE id = {A_CARD}",
    "residence": "UPDATE tracking_citizen SET kelurahan_id = CASE WHEN kelurahan_id = 31001 THEN 41001 ELSE 31001 END"
    " WHERE id = (SELECT min(id) FROM tracking_citizen)",
    "facts_and_notes_have_cards": "UPDATE tracking_centralfact SET card_id = 999999999"
    " WHERE id = (SELECT min(id) FROM tracking_centralfact)",
    "stage_counts": "UPDATE tracking_stagecount SET n = n + 1 WHERE kecamatan_id = 5 AND stage = 'HELD'",
    "citizens_counted_once": "INSERT INTO tracking_again (kecamatan_id, delivered, n) VALUES (4, true, 1)",
    "stays_as_steps_say": "INSERT INTO tracking_stay (week, stage, days, n) VALUES ('2017-01-02', 'HELD', 3, 1)",
    "tickets_without_gaps": f"DELETE FROM tracking_ticket WHERE card_id = {A_TICKET}",
    "tickets_of_who_waited": "UPDATE tracking_ticket SET card_id = (SELECT min(id) FROM tracking_card"
    f" WHERE stage = 'RECORDED') WHERE card_id = {A_TICKET}",
    "ticket_fits_card": "UPDATE tracking_card SET ticket_kecamatan_id = 1 + ticket_kecamatan_id % 12"
    f" WHERE id = {A_CARD}",
    "tickets_in_order": "UPDATE tracking_card SET requested_at = requested_at + interval '9 years' WHERE id = (SELECT"
    " min(t.card_id) FROM tracking_ticket t JOIN tracking_ticket u USING (kecamatan_id, letter, drawn_at)"
    " WHERE u.number = t.number + 1)",
    "queue_bits": "UPDATE tracking_queuebucket SET waiting_bits = set_bit(waiting_bits, 1000, 1)"
    " WHERE kecamatan_id = 2 AND letter = 'A' AND bucket = 0",
    "queue_superbuckets": "UPDATE tracking_queuesuperbucket SET waiting = waiting - 1 WHERE kecamatan_id = 2",
    "queue_heads": "UPDATE tracking_queuehead SET waiting = waiting + 1 WHERE kecamatan_id = 2 AND letter = 'C'",
    "letters_have_a_rule": "DELETE FROM tracking_letterrule",
    "nothing_unsettled": "INSERT INTO tracking_unsettled (xid, place_id, stage, outside, n, draws)"
    " VALUES (1, 1, 'HELD', false, 1, false)",
    "turns_follow_each_other": "UPDATE tracking_turn SET act = 'return' WHERE (moment, kecamatan_id, letter, act) ="
    " (SELECT moment, kecamatan_id, letter, act FROM tracking_turn WHERE act = 'leave' ORDER BY 1, 2, 3 LIMIT 1)",
    "turns_lead_to_the_queue": "UPDATE tracking_turn SET numbers = numbers[2:] WHERE (moment, kecamatan_id, letter, act) ="
    " (SELECT moment, kecamatan_id, letter, act FROM tracking_turn WHERE act = 'served' ORDER BY 1 DESC, 2, 3 LIMIT 1)",
    "turns_as_cards_were_served": "UPDATE tracking_turn SET act = 'leave' WHERE (moment, kecamatan_id, letter, act) ="
    " (SELECT moment, kecamatan_id, letter, act FROM tracking_turn WHERE act = 'served' ORDER BY 1, 2, 3 LIMIT 1)",
    "nobody_overtaken": "UPDATE tracking_letterrule SET letters = 'CBA'",
    "blocked_as_blocks_say": f"UPDATE tracking_card SET blocked = true WHERE id = {A_CARD}",
    "blocks_whole": "UPDATE tracking_block SET lifted_by = 'iseng' WHERE id ="
    " (SELECT min(id) FROM tracking_block)",
    "no_blocked_card_is_printed": "INSERT INTO tracking_block (card_id, reason, source, at, actor) SELECT min(id),"
    " 'review', 'iseng', now(), 'iseng' FROM tracking_card WHERE stage = 'BLANK_ALLOCATED'",
    "door_stands": "ALTER TABLE tracking_card DISABLE TRIGGER USER",
}
MORE = {
    "created_once": [
        f"UPDATE tracking_event SET from_stage = NULL WHERE id = {AN_EVENT}",
        f"DELETE FROM tracking_card WHERE id = {A_CARD}",
    ],
    "steps_as_listed": ["DELETE FROM tracking_step WHERE to_stage = 'RETURNED' AND reason = 'refused'"],
    "steps_legal": [
        "UPDATE tracking_event SET to_stage = 'RETURNED' WHERE id = (SELECT min(id) FROM tracking_event"
        " WHERE from_stage = 'RECORDED' AND to_stage = 'DEDUPLICATING')"
    ],
    "corrections_undo_last_step": [
        f"UPDATE tracking_event SET reason = '' WHERE id = {A_CORRECTION}",
        f"UPDATE tracking_event SET corrects = 1 WHERE id = {A_CORRECTION}",
    ],
    "outside_mark": [
        "UPDATE tracking_card SET outside_confirmed = true WHERE id = (SELECT min(card_id) FROM tracking_event"
        " WHERE from_stage IS NULL AND to_stage = 'RECORDED')"
    ],
    "tickets_without_gaps": [f"UPDATE tracking_ticket SET number = 90000 WHERE card_id = {A_TICKET}"],
    "tickets_of_who_waited": [
        f"UPDATE tracking_ticket SET drawn_at = drawn_at - interval '1 day' WHERE card_id = {A_TICKET}"
    ],
    "ticket_fits_card": [
        f"UPDATE tracking_ticket SET letter = 'C', number = 90000 WHERE card_id = {A_TICKET}"
    ],
    "queue_bits": ["DELETE FROM tracking_queuebucket WHERE kecamatan_id = 2 AND letter = 'A'"],
    "queue_heads": [
        "UPDATE tracking_queuehead SET last_number = last_number + 1 WHERE kecamatan_id = 1",
        "DELETE FROM tracking_queuehead WHERE kecamatan_id = 1 AND letter = 'B'",
    ],
    "stage_counts": ["DELETE FROM tracking_stagecount WHERE n = 0"],
    "turns_lead_to_the_queue": [
        "DELETE FROM tracking_turn WHERE kecamatan_id = 4",
        "UPDATE tracking_turn SET at = at - interval '1 day' WHERE act = 'enter' AND kecamatan_id = 4 AND letter = 'B'",
    ],
    "turns_as_cards_were_served": [
        "UPDATE tracking_turn SET at = at - interval '1 day' WHERE act = 'served'"
    ],
    "nobody_overtaken": [
        # somebody at the end of the line is served, and comes back at once
        "INSERT INTO tracking_turn SELECT moment, kecamatan_id, letter, 'served', at, numbers[cardinality(numbers):]"
        " FROM (SELECT DISTINCT ON (kecamatan_id) * FROM tracking_turn WHERE act = 'enter' AND letter = 'A'"
        " ORDER BY kecamatan_id, moment DESC) t",
        # somebody was served and came back before others were served
        "INSERT INTO tracking_turn SELECT moment + 1, kecamatan_id, letter, 'return', at, numbers[:1] FROM tracking_turn"
        " WHERE act = 'served' AND letter = 'A' AND kecamatan_id = 3 ORDER BY moment LIMIT 1",
    ],
    "blocked_as_blocks_say": ["DELETE FROM tracking_block WHERE lifted_at IS NULL"],
    "door_stands": [
        "DROP TRIGGER {trigger} ON tracking_card",
        "CREATE OR REPLACE FUNCTION tracking_is_supervisor(actor text) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
}


def test_every_invariant_is_damaged_here() -> None:
    assert list(DAMAGE) == [invariant.name for invariant in invariants() if invariant.room == "tracking"]


def test_every_invariant_says_why() -> None:
    assert all(len(invariant.why) > 20 for invariant in invariants())


def test_a_healthy_city_is_clean(vandal: Any) -> None:
    assert check(vandal).problems == []


@pytest.mark.parametrize(
    ("invariant", "damage"),
    [*DAMAGE.items(), *((name, damage) for name, more in MORE.items() for damage in more)],
)
def test_damage_is_named(vandal: Any, invariant: str, damage: str) -> None:
    if "{trigger}" in damage:
        vandal.execute(
            "SELECT min(tgname) FROM pg_trigger WHERE tgrelid = 'tracking_card'::regclass AND NOT tgisinternal"
        )
        damage = damage.format(trigger=vandal.fetchone()[0])
    vandal.execute(damage)

    found = check(vandal).problems

    assert invariant in {problem.invariant for problem in found}


def test_many_findings_are_counted(vandal: Any) -> None:
    vandal.execute("UPDATE tracking_card SET since = since - interval '1 day'")

    last = [p.what for p in check(vandal).problems if p.invariant == "card_repeats_its_step"][-1]

    assert last == "… dan 2980 lagi"


def test_the_command_answers_json_and_0(city: Any) -> None:
    output = StringIO()

    call_command("verify", "--json", stdout=output)

    assert json.loads(output.getvalue()) == {"ok": True, "checked": len(invariants()), "problems": []}


def test_the_command_answers_1_when_something_differs(city: Any, superuser_sql: Any) -> None:
    output = StringIO()
    superuser_sql(
        "UPDATE tracking_queuehead SET waiting = waiting + 1 WHERE kecamatan_id = 2 AND letter = 'B'"
    )
    try:
        with pytest.raises(SystemExit) as ended:
            call_command("verify", "--json", stdout=output)
    finally:
        superuser_sql(
            "UPDATE tracking_queuehead SET waiting = waiting - 1 WHERE kecamatan_id = 2 AND letter = 'B'"
        )

    answer = json.loads(output.getvalue())
    assert ended.value.code == 1
    assert [problem["invariant"] for problem in answer["problems"]] == ["queue_heads"]
    assert "huruf B" in answer["problems"][0]["what"]


def test_what_it_says_names_nobody(vandal: Any) -> None:
    vandal.execute("SELECT name FROM tracking_citizen")
    names = {name for (name,) in vandal.fetchall()}
    vandal.execute(
        "UPDATE tracking_card SET since = now(), blocked = NOT blocked, outside_ledger = NOT outside_ledger"
    )
    vandal.execute("UPDATE tracking_citizen SET id = -id")

    said = json.dumps([problem._asdict() for problem in check(vandal).problems])

    assert not [name for name in names if name in said]
