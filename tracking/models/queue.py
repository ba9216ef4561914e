"""Tickets, and the counters that make position and statistics cheap.

All of it is written at commit by one deferred trigger (Unsettled), in key order, from what the statements
of the transaction left behind: exact after commit, no deadlock, one lock per counter as late as can be.
"""

from collections.abc import Sequence
from typing import Any

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Func
from django.utils.translation import gettext_lazy as _

from ..stages import Letter, Stage
from ..triggers import OwnerDoor
from .regions import Kecamatan

NUMBERS_A_BUCKET = 4096
BUCKETS_A_SUPERBUCKET = 16

# A number of a queue as one bigint: 6 bits within a word (a bigint of bits), 6 bits of words within a bucket, 20 of
# buckets, then the letter and the kecamatan.
_KEY = "(t.kecamatan_id::bigint << 40) + (ascii(t.letter)::bigint << 32) + t.number - 1"
_RETURNED, _SERVED, _EXCEPTION, _BLOCKED = 1, 2, 3, 4  # what became of a number; 0: it left


class BitField(models.Field):  # type: ignore[type-arg]
    """A bit string of fixed length, one bit per queue number."""

    def __init__(self, *, length: int, **options: Any) -> None:
        self.length = length
        super().__init__(**options)

    def db_type(self, connection: Any) -> str:
        return f"bit({self.length})"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, options = super().deconstruct()
        return name, path, args, {**options, "length": self.length}


class Ticket(models.Model):
    """A queue number, `A-412` of one kecamatan: drawn once, for life."""

    site_may = "SELECT"

    card_id = models.BigIntegerField(primary_key=True)
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    letter = models.CharField(max_length=1, choices=Letter)
    number = models.IntegerField(_("nomor"))
    drawn_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("nomor antrean")
        constraints = [
            models.UniqueConstraint(fields=["kecamatan", "letter", "number"], name="number_once"),
        ]

    def __str__(self) -> str:
        return f"{self.letter}-{self.number}"


_SERVED_SINCE = """
    -- whoever settles a queue waits, and a snapshot that does not know the rule settles none
    PERFORM FROM tracking_queuehead ORDER BY kecamatan_id, letter FOR NO KEY UPDATE;
    UPDATE tracking_queuehead SET waiting = waiting;
    IF EXISTS (SELECT FROM tracking_turn
               WHERE act = 'served' AND at >= NEW.valid_from::timestamp AT TIME ZONE 'Asia/Jakarta')
       OR EXISTS (SELECT FROM tracking_publication WHERE day >= NEW.valid_from)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK019', MESSAGE = 'people have been served on that day by the rule before';
    END IF;
    RETURN NEW;
"""


class LetterRule(models.Model):
    """In which order the letters are served from a day on, and by which decree.

    What was served in turn stays so: a rule begins on a day on which nobody has been served, and which is not published.
    """

    site_may = "SELECT, INSERT"

    valid_from = models.DateField(_("berlaku sejak"), unique=True)
    letters = models.CharField(_("urutan huruf"), max_length=3)
    decree = models.CharField(_("nomor keputusan"), max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = _("urutan huruf")
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(letters__in=["ABC", "ACB", "BAC", "BCA", "CAB", "CBA"]),
                name="letters_each_once",
            ),
        ]
        triggers = [
            OwnerDoor(
                name="rule_1_for_days_to_come",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_SERVED_SINCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letters} ({self.decree})"


class QueueHead(models.Model):
    """Totals of one letter's queue in one kecamatan."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("kecamatan_id", "letter")
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1, choices=Letter)
    last_number = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    blocked = models.IntegerField(default=0)


class QueueSuperbucket(models.Model):
    """How many numbers of 16 buckets wait."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("kecamatan_id", "letter", "superbucket")
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1)
    superbucket = models.IntegerField()
    waiting = models.IntegerField(default=0)


class _Ones(Func):
    function = "bit_count"
    output_field = models.SmallIntegerField()  # type: ignore[assignment]


class QueueBucket(models.Model):
    """Which of 4,096 numbers wait, and which wait blocked: one bit each."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("kecamatan_id", "letter", "bucket")
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1)
    bucket = models.IntegerField()
    waiting_bits = BitField(length=NUMBERS_A_BUCKET)
    blocked_bits = BitField(length=NUMBERS_A_BUCKET)
    waiting = models.GeneratedField(
        expression=_Ones("waiting_bits"), output_field=models.SmallIntegerField(), db_persist=True
    )
    blocked = models.GeneratedField(
        expression=_Ones("blocked_bits"), output_field=models.SmallIntegerField(), db_persist=True
    )


class StageCount(models.Model):
    """How many cards of a kecamatan are in a stage, those outside the ledger apart."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("kecamatan_id", "stage", "outside")
    kecamatan_id = models.SmallIntegerField()
    stage = models.CharField(max_length=20, choices=Stage)
    outside = models.BooleanField()
    n = models.IntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(n__gte=0), name="stage_count_not_negative")]


# Locks are taken in one order in every transaction: heads, buckets, superbuckets, counts, each by key.
_SETTLE = f"""
    me := pg_current_xact_id()::text::bigint;
    PERFORM 1 FROM tracking_unsettled WHERE xid = me LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;

    -- all queues of a kecamatan: whose turn it is depends on the better letters too
    PERFORM FROM tracking_queuehead
    WHERE kecamatan_id IN (SELECT place_id FROM tracking_unsettled WHERE xid = me AND card_ids IS NOT NULL)
    ORDER BY kecamatan_id, letter FOR NO KEY UPDATE;
    IF FOUND THEN
        its_moment := nextval('tracking_turn_moment');
        -- numbers drawn together follow each other: whole runs of bits
        FOR b IN
            WITH drawn AS MATERIALIZED (
                SELECT x.id, u.place_id, u.letter, u.last_number, (u.last_number + row_number() OVER (
                    PARTITION BY u.queue ORDER BY x.requested_at, x.id))::integer AS number
                FROM (SELECT s.place_id, s.letter, h.last_number, (s.place_id << 8) + ascii(s.letter) AS queue,
                             s.card_ids, s.requests
                      FROM tracking_unsettled s
                      JOIN tracking_queuehead h ON h.kecamatan_id = s.place_id AND h.letter = s.letter
                      WHERE s.xid = me AND s.draws) u
                CROSS JOIN LATERAL unnest(u.card_ids, u.requests) x (id, requested_at)
            ), tickets AS (
                INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)
                SELECT id, place_id, letter, number, now() FROM drawn
            ), runs AS MATERIALIZED (
                SELECT u.place_id, u.letter, h.last_number + 1 AS lowest,
                       h.last_number + sum(cardinality(u.card_ids))::integer AS highest
                FROM tracking_unsettled u JOIN tracking_queuehead h ON h.kecamatan_id = u.place_id AND h.letter = u.letter
                WHERE u.xid = me AND u.draws GROUP BY u.place_id, u.letter, h.last_number
            ), acts AS (
                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
                SELECT its_moment, place_id, letter, 'enter', now(), ARRAY(SELECT generate_series(lowest, highest)) FROM runs
            )
            SELECT place_id, letter, bucket, highest,
                   (~ none >> greatest(lowest - 1 - bucket * {NUMBERS_A_BUCKET}, 0))
                   & ~ (~ none >> least(highest - bucket * {NUMBERS_A_BUCKET}, {NUMBERS_A_BUCKET})) AS run
            FROM runs, generate_series((lowest - 1) / {NUMBERS_A_BUCKET}, (highest - 1) / {NUMBERS_A_BUCKET}) bucket
            ORDER BY 1, 2, 3
        LOOP
            PERFORM tracking_mark(b.place_id, b.letter, b.bucket, b.highest, b.run, b.run, none);
        END LOOP;
        -- what left, came back, or is blocked: as the last word about each card leaves it, 64 numbers at a time.
        -- A number of a queue is one integer here (_KEY), so that sorting and grouping compare nothing else.
        FOR b IN
            WITH last AS MATERIALIZED (
                SELECT {_KEY} AS key, l.how
                FROM (SELECT DISTINCT ON (x.id) x.id, u.how
                      FROM (SELECT s.id, s.card_ids, CASE WHEN s.waits AND NOT s.blocked THEN {_RETURNED} ELSE
                                CASE s.act WHEN 'served' THEN {_SERVED} WHEN 'exception' THEN {_EXCEPTION} ELSE 0 END
                                + CASE WHEN s.waits THEN {_BLOCKED} ELSE 0 END END AS how
                            FROM tracking_unsettled s WHERE s.xid = me AND NOT s.draws) u
                      CROSS JOIN LATERAL unnest(u.card_ids) x (id) ORDER BY x.id, u.id DESC) l
                JOIN tracking_ticket t ON t.card_id = l.id ORDER BY 1
            ), acts AS (
                -- beside the bits as they were: what stood in line and does no longer, and the other way round
                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
                SELECT its_moment, queue >> 8, chr((queue & 255)::integer),
                       (ARRAY['leave', 'return', 'served', 'exception'])[did + 1], now(), array_agg(number ORDER BY number)
                FROM (SELECT n.bucket >> 20 AS queue, n.did, ((n.bucket & 1048575) << 12)::integer + bit + 1 AS number
                      FROM (SELECT key >> 12 AS bucket, how & 3 AS did, array_agg((key & 4095)::integer) AS bits
                            FROM last GROUP BY 1, 2) n
                      JOIN tracking_queuebucket q ON q.kecamatan_id = n.bucket >> 28
                          AND q.letter = chr((n.bucket >> 20 & 255)::integer) AND q.bucket = n.bucket & 1048575
                      CROSS JOIN LATERAL unnest(n.bits) stood (bit)
                      WHERE get_bit(q.waiting_bits, bit) <> (n.did = {_RETURNED})::integer) x
                GROUP BY queue, did
            )
            SELECT key >> 6 AS word, bit_or(bit) AS mask,
                   coalesce(bit_or(bit) FILTER (WHERE how = {_RETURNED}), 0) AS waiting,
                   coalesce(bit_or(bit) FILTER (WHERE how >= {_BLOCKED}), 0) AS blocked
            FROM (SELECT key, how, 1::bigint << (63 - (key & 63)::integer) AS bit FROM last) n
            GROUP BY 1 ORDER BY 1
        LOOP
            IF its_bucket IS DISTINCT FROM b.word >> 6 THEN
                IF its_bucket IS NOT NULL THEN
                    PERFORM tracking_mark((its_bucket >> 28)::smallint, chr((its_bucket >> 20 & 255)::integer),
                                          (its_bucket & 1048575)::integer, 0, mask, waiting, blocked);
                END IF;
                its_bucket := b.word >> 6;
                mask := none; waiting := none; blocked := none;
            END IF;
            at := (b.word & 63) * 64 + 1;
            mask := overlay(mask PLACING b.mask::bit(64) FROM at);
            waiting := overlay(waiting PLACING b.waiting::bit(64) FROM at);
            blocked := overlay(blocked PLACING b.blocked::bit(64) FROM at);
        END LOOP;
        IF its_bucket IS NOT NULL THEN
            PERFORM tracking_mark((its_bucket >> 28)::smallint, chr((its_bucket >> 20 & 255)::integer),
                                  (its_bucket & 1048575)::integer, 0, mask, waiting, blocked);
        END IF;
        -- here, under the locks: a trigger of its own could be told to look earlier (SET CONSTRAINTS)
        PERFORM tracking_check_turn(its_moment);
    END IF;

    FOR b IN
        SELECT place_id, stage, outside, sum(n) AS n FROM tracking_unsettled
        WHERE xid = me AND n IS NOT NULL GROUP BY 1, 2, 3 HAVING sum(n) <> 0 ORDER BY 1, 2, 3
    LOOP
        UPDATE tracking_stagecount SET n = tracking_stagecount.n + b.n
        WHERE kecamatan_id = b.place_id AND stage = b.stage AND outside = b.outside;
        IF NOT FOUND THEN
            RAISE EXCEPTION USING ERRCODE = 'EK009', MESSAGE = 'a card lives in a kecamatan that we know';
        END IF;
    END LOOP;
    DELETE FROM tracking_unsettled WHERE xid = me;
    RETURN NULL;
"""


class CurrentTransaction(Func):
    """The number of the transaction that writes."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()  # type: ignore[assignment]


class Unsettled(models.Model):
    """What the statements of a running transaction leave for its commit; empty between transactions.

    Either a change of a count (place, stage, outside, n), or the cards of one queue (place, letter) whose
    place in it may have changed.
    """

    site_may = "SELECT"

    xid = models.BigIntegerField(db_default=CurrentTransaction(), db_index=True)
    place_id = models.SmallIntegerField(null=True)
    stage = models.CharField(max_length=20, null=True)
    outside = models.BooleanField(null=True)
    n = models.BigIntegerField(null=True)
    letter = models.CharField(max_length=1, null=True)
    card_ids = ArrayField(models.BigIntegerField(), null=True)
    requests = ArrayField(models.DateTimeField(), null=True)  # of those that draw, in the order of card_ids
    draws = models.BooleanField(db_default=False)
    waits = models.BooleanField(null=True)  # how the statement left these cards
    blocked = models.BooleanField(null=True)
    act = models.CharField(max_length=9, null=True)  # of those that leave: how they were served

    class Meta:
        triggers = [
            OwnerDoor(
                name="settle",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                declare=[
                    ("me", "bigint"),
                    ("its_moment", "bigint"),
                    ("its_bucket", "bigint"),
                    ("at", "integer"),
                    ("mask", f"bit({NUMBERS_A_BUCKET})"),
                    ("waiting", f"bit({NUMBERS_A_BUCKET})"),
                    ("blocked", f"bit({NUMBERS_A_BUCKET})"),
                    ("b", "record"),
                    ("none", f"bit({NUMBERS_A_BUCKET}) := B'0'::bit({NUMBERS_A_BUCKET})"),
                ],
                func=_SETTLE,
            ),
        ]
