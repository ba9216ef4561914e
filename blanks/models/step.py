"""What the steps of cards do to blanks: a trigger of this room on the table of cards, over whole statements."""

import pgtrigger
from django.db import models

from tracking.models import Card
from tracking.stages import Stage, quoted
from tracking.touched import unless_touched
from tracking.triggers import OwnerDoor

from ..ledger import HOLDING, Effect

_HELD_ONE = f"(left_stage IN ({quoted(HOLDING)}) AND NOT left_outside)"
_HOLDS_ONE = f"(stage IN ({quoted(HOLDING)}) AND NOT outside_ledger)"

_FOLLOW = f"""
    {unless_touched(HOLDING, [Stage.CANCELLED])}
    IF NOT EXISTS (SELECT FROM new_rows WHERE left_stage <> stage AND (stage = 'CANCELLED' OR {_HELD_ONE} OR {_HOLDS_ONE})) THEN
        RETURN NULL;
    END IF;
    why := coalesce(current_setting('ektp.reason', true), '');
    IF current_setting('ektp.corrects', true) <> '' THEN
        PERFORM blanks_correct(id, left_stage, stage, ticket_kecamatan_id, current_setting('ektp.corrects')::bigint)
        FROM new_rows WHERE left_stage <> stage;
        RETURN NULL;
    END IF;
    FOR g IN
        SELECT n.left_stage, n.stage, e.effect, count(*) AS n
        FROM (SELECT *, CASE WHEN stage = 'HELD' THEN coalesce(code, why) ELSE why END AS reason FROM new_rows) n
        LEFT JOIN blanks_stepeffect e ON (e.from_stage, e.to_stage, e.reason) = (n.left_stage, n.stage, n.reason)
        WHERE n.left_stage <> n.stage AND ({_HELD_ONE} OR {_HOLDS_ONE}) GROUP BY 1, 2, 3
    LOOP
        IF g.effect IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'EK003',
                MESSAGE = format('what does the step from %s to %s do to its blank? "%s" does not say', g.left_stage, g.stage, why);
        ELSIF g.effect = 'take' THEN
            WITH made AS (
                INSERT INTO blanks_printbatch (kecamatan_id, size, left_out, request, at, actor)
                SELECT ticket_kecamatan_id, count(*),
                       (SELECT sum(h.blocked) FROM tracking_queuehead h WHERE h.kecamatan_id = ticket_kecamatan_id),
                       nullif(current_setting('ektp.request', true), '')::uuid, now(), tracking_actor()
                FROM new_rows WHERE left_stage = g.left_stage AND stage = g.stage GROUP BY 1 ORDER BY 1
                RETURNING id, kecamatan_id)
            INSERT INTO blanks_batchcard (batch_id, line, card_id, letter, number, exception, open)
            SELECT made.id, row_number() OVER (PARTITION BY made.id ORDER BY p.id IS NULL, strpos((SELECT tracking_letters()), t.letter), t.number),
                   n.id, t.letter, t.number, p.id IS NOT NULL, true
            FROM new_rows n JOIN tracking_ticket t ON t.card_id = n.id
            JOIN made ON made.kecamatan_id = n.ticket_kecamatan_id
            LEFT JOIN blanks_priority p ON p.card_id = n.id AND p.ended_at IS NULL
            WHERE n.left_stage = g.left_stage AND n.stage = g.stage;
            GET DIAGNOSTICS numbered = ROW_COUNT;
            IF numbered <> g.n THEN
                RAISE EXCEPTION USING ERRCODE = 'EK011', MESSAGE = 'a card gets its queue number before its blank';
            END IF;
            INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause, batch_id, letter, last_number)
            SELECT 100 + n.ticket_kecamatan_id, 3, count(*), 'allocated', b.batch_id, b.letter,
                   max(b.number) FILTER (WHERE NOT b.exception)
            FROM new_rows n JOIN blanks_batchcard b ON b.card_id = n.id AND b.open
            WHERE n.left_stage = g.left_stage AND n.stage = g.stage
            GROUP BY n.ticket_kecamatan_id, b.batch_id, b.letter ORDER BY n.ticket_kecamatan_id, b.letter;
            -- the public log of the queue says of these that they did not wait for their turn
            INSERT INTO tracking_unsettled (place_id, letter, waits, blocked, act, card_ids)
            SELECT n.ticket_kecamatan_id, b.letter, false, n.blocked, 'exception', array_agg(n.id)
            FROM new_rows n JOIN blanks_batchcard b ON b.card_id = n.id AND b.open
            WHERE n.left_stage = g.left_stage AND n.stage = g.stage AND b.exception GROUP BY 1, 2, 4;
        ELSIF g.effect = 'bind' THEN
            IF EXISTS (SELECT FROM new_rows n WHERE n.left_stage = g.left_stage AND n.stage = g.stage AND NOT outside_ledger
                       AND NOT EXISTS (SELECT FROM blanks_serial s WHERE s.card_id = n.id AND s.place = 'cards'))
            THEN
                RAISE EXCEPTION USING ERRCODE = 'EK012', MESSAGE = 'a printed card names the serial of its blank';
            END IF;
        ELSIF g.effect = 'give_back' THEN
            INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause)
            SELECT 3, 100 + ticket_kecamatan_id, count(*), 'returned'
            FROM new_rows WHERE left_stage = g.left_stage AND stage = g.stage AND {_HELD_ONE} GROUP BY 2 ORDER BY 2;
        ELSIF g.effect IN ('spoil', 'lose') THEN
            its_place := CASE g.effect WHEN 'spoil' THEN 'spoiled' ELSE 'lost' END;
            INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause)
            VALUES (3, CASE g.effect WHEN 'spoil' THEN 4 ELSE 5 END, g.n, 'card_' || its_place) RETURNING id INTO its_movement;
            INSERT INTO blanks_serialmove (movement_id, series_id, number, from_place, to_place, card_id)
            SELECT its_movement, s.series_id, s.number, 'cards', its_place, n.id
            FROM new_rows n JOIN blanks_serial s ON s.card_id = n.id AND s.place = 'cards'
            WHERE n.left_stage = g.left_stage AND n.stage = g.stage AND {_HELD_ONE};
        END IF;
    END LOOP;
    UPDATE blanks_batchcard b SET open = false, left_to = n.stage, left_why = coalesce(n.code, why)
    FROM new_rows n WHERE n.left_stage = 'BLANK_ALLOCATED' AND n.stage <> n.left_stage AND b.card_id = n.id AND b.open;
    UPDATE blanks_priority p SET ended_at = now()
    FROM new_rows n WHERE n.left_stage <> n.stage AND n.stage IN ('PRINTED', 'CANCELLED') AND p.card_id = n.id AND p.ended_at IS NULL;
    RETURN NULL;
"""  # noqa: E501


class CardStep(Card):
    """Cards, for the trigger with which blanks follow their steps."""

    class Meta:
        proxy = True
        triggers = [
            # named to run after the door of tracking has checked the step itself
            OwnerDoor(
                name="card_takes_blank",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[
                    ("g", "record"),
                    ("why", "text"),
                    ("numbered", "bigint"),
                    ("its_place", "text"),
                    ("its_movement", "bigint"),
                ],
                func=_FOLLOW,
            ),
        ]


class StepEffect(models.Model):
    """What a step with a reason does to the blank, loaded from ledger.EFFECTS; a step nobody listed is refused."""

    site_may = "SELECT"

    from_stage = models.CharField(max_length=20, choices=Stage)
    to_stage = models.CharField(max_length=20, choices=Stage)
    reason = models.CharField(max_length=32, blank=True)
    effect = models.CharField(max_length=9, choices=Effect, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_stage", "to_stage", "reason"], name="effect_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage} {self.reason}: {self.effect or '–'}"
