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
_WORD = 64  # numbers gathered in one bigint before they are laid into a bucket's bits


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


class LetterRule(models.Model):
    """In which order the letters are served from a day on, and by which decree."""

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
                SELECT x.id, u.place_id, u.letter, h.last_number,
                       (h.last_number + row_number() OVER (PARTITION BY u.place_id, u.letter
                                                           ORDER BY x.requested_at, x.id))::integer AS number
                FROM tracking_unsettled u CROSS JOIN LATERAL unnest(u.card_ids, u.requests) x (id, requested_at)
                JOIN tracking_queuehead h ON h.kecamatan_id = u.place_id AND h.letter = u.letter
                WHERE u.xid = me AND u.draws
            ), tickets AS (
                INSERT INTO tracking_ticket (card_id, kecamatan_id, letter, number, drawn_at)
                SELECT id, place_id, letter, number, now() FROM drawn
            ), acts AS (
                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
                SELECT its_moment, place_id, letter, 'enter', now(), array_agg(number ORDER BY number) FROM drawn GROUP BY 2, 3
            )
            SELECT place_id, letter, bucket, highest,
                   (~ none >> greatest(lowest - 1 - bucket * {NUMBERS_A_BUCKET}, 0))
                   & ~ (~ none >> least(highest - bucket * {NUMBERS_A_BUCKET}, {NUMBERS_A_BUCKET})) AS run
            FROM (SELECT place_id, letter, last_number + 1 AS lowest, max(number) AS highest
                  FROM drawn GROUP BY place_id, letter, last_number) runs,
                 generate_series((lowest - 1) / {NUMBERS_A_BUCKET}, (highest - 1) / {NUMBERS_A_BUCKET}) bucket
            ORDER BY 1, 2, 3
        LOOP
            PERFORM tracking_mark(b.place_id, b.letter, b.bucket, b.highest, b.run, b.run, none);
        END LOOP;
        -- what left, came back, or is blocked: as the last word about each card leaves it, 64 numbers at a time
        FOR b IN
            WITH last AS MATERIALIZED (
                SELECT t.kecamatan_id AS place_id, t.letter, t.number, l.waits, l.blocked, l.act
                FROM (SELECT DISTINCT ON (x.id) x.id, u.waits, u.blocked, u.act
                      FROM tracking_unsettled u CROSS JOIN LATERAL unnest(u.card_ids) x (id)
                      WHERE u.xid = me AND NOT u.draws ORDER BY x.id, u.id DESC) l
                JOIN tracking_ticket t ON t.card_id = l.id
            ), acts AS (
                -- beside the bits as they were: what stood in line and does no longer, and the other way round
                INSERT INTO tracking_turn (moment, kecamatan_id, letter, act, at, numbers)
                SELECT its_moment, place_id, letter, act, now(), array_agg(number ORDER BY number)
                FROM (SELECT n.place_id, n.letter, n.number,
                             CASE WHEN n.waits AND NOT n.blocked THEN 'return' ELSE coalesce(n.act, 'leave') END AS act
                      FROM last n JOIN tracking_queuebucket q ON q.kecamatan_id = n.place_id AND q.letter = n.letter
                          AND q.bucket = (n.number - 1) / {NUMBERS_A_BUCKET}
                      WHERE get_bit(q.waiting_bits, (n.number - 1) % {NUMBERS_A_BUCKET})
                          <> (n.waits AND NOT n.blocked)::integer) x
                GROUP BY 2, 3, 4
            )
            SELECT n.place_id, n.letter, (n.number - 1) / {_WORD} AS word, bit_or(bit) AS mask,
                   coalesce(bit_or(bit) FILTER (WHERE n.waits AND NOT n.blocked), 0) AS waiting,
                   coalesce(bit_or(bit) FILTER (WHERE n.waits AND n.blocked), 0) AS blocked
            FROM last n CROSS JOIN LATERAL (VALUES (1::bigint << ({_WORD} - 1 - (n.number - 1) % {_WORD}))) bits (bit)
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        LOOP
            IF (b.place_id, b.letter, b.word / {NUMBERS_A_BUCKET // _WORD})
               IS DISTINCT FROM (its_place, its_letter, its_bucket) THEN
                IF its_place IS NOT NULL THEN
                    PERFORM tracking_mark(its_place, its_letter, its_bucket, 0, mask, waiting, blocked);
                END IF;
                its_place := b.place_id; its_letter := b.letter; its_bucket := b.word / {NUMBERS_A_BUCKET // _WORD};
                mask := none; waiting := none; blocked := none;
            END IF;
            at := b.word % {NUMBERS_A_BUCKET // _WORD} * {_WORD} + 1;
            mask := overlay(mask PLACING b.mask::bit({_WORD}) FROM at);
            waiting := overlay(waiting PLACING b.waiting::bit({_WORD}) FROM at);
            blocked := overlay(blocked PLACING b.blocked::bit({_WORD}) FROM at);
        END LOOP;
        IF its_place IS NOT NULL THEN
            PERFORM tracking_mark(its_place, its_letter, its_bucket, 0, mask, waiting, blocked);
        END IF;
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
                    ("its_place", "smallint"),
                    ("its_letter", "text"),
                    ("its_bucket", "integer"),
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
