"""Print batches: made by the step that gives cards their blanks, ended by the printer's results."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan
from tracking.stages import Letter
from tracking.triggers import Door, OwnerDoor

from ..ledger import Outcome
from .serial import Series


class PrintBatch(models.Model):
    """Cards that got their blanks in one statement, of one kecamatan. Written by the card's step alone."""

    site_may = "SELECT"

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+", db_constraint=False)
    size = models.IntegerField(_("banyak kartu"))
    left_out = models.IntegerField(_("dilewati karena diblokir"))  # better or equal cards that waited blocked
    request = models.UUIDField(null=True, editable=False)  # the form that asked: sent twice, taken once
    at = models.DateTimeField(_("dibuat"))
    actor = models.CharField(_("oleh"), max_length=80)

    class Meta:
        verbose_name = verbose_name_plural = _("tumpukan cetak")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kecamatan"], name="batch_once_a_request"),
        ]
        indexes = [models.Index(fields=["kecamatan", "id"], name="batch_of_kecamatan")]

    def __str__(self) -> str:
        return _("Tumpukan %(id)s") % {"id": self.pk}

    @property
    def cards(self) -> "models.QuerySet[BatchCard]":
        """Its cards, in the order in which they are printed."""
        return BatchCard.objects.filter(batch_id=self.pk).order_by("line")


class BatchCard(models.Model):
    """A card's place in a batch; open until the card leaves BLANK_ALLOCATED, however it does."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("batch_id", "line")
    batch_id = models.BigIntegerField()
    line = models.IntegerField(_("urutan"))
    card_id = models.BigIntegerField()
    letter = models.CharField(max_length=1, choices=Letter)
    number = models.IntegerField()
    exception = models.BooleanField(_("pengecualian"), default=False)
    open = models.BooleanField(default=True)
    left_to = models.CharField(max_length=20, null=True)  # the stage, and why
    left_why = models.CharField(max_length=32, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kartu dalam tumpukan")
        constraints = [
            models.UniqueConstraint(fields=["card_id"], condition=Q(open=True), name="one_open_batch_a_card"),
        ]
        indexes = [
            models.Index(fields=["card_id"], name="batchcard_card"),
            models.Index(fields=["batch_id"], condition=Q(open=True), name="batchcard_open"),
        ]

    def __str__(self) -> str:
        return f"{self.letter}-{self.number}"


_SIGN = """
    NEW.actor := public.tracking_actor(); NEW.at := now();
    IF (NEW.outcome = 'not_printed') <> (NEW.number IS NULL) OR (NEW.number IS NULL) <> (NEW.series_id IS NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK012', MESSAGE = 'what was printed, well or not, names its serial';
    END IF;
    RETURN NEW;
"""

# The result of the printer is what moves the cards: serials first, then one step for each outcome.
_RECORDED = """
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM FROM tracking_card WHERE id IN (SELECT card_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN blanks_batchcard b ON b.batch_id = n.batch_id AND b.card_id = n.card_id
               WHERE b.card_id IS NULL)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK015', MESSAGE = 'this card is not in this batch';
    END IF;
    SELECT array_agg(n.id) INTO in_time
    FROM new_rows n JOIN blanks_batchcard b ON b.batch_id = n.batch_id AND b.card_id = n.card_id WHERE b.open;
    FOR late IN
        SELECT p.kecamatan_id, array_agg(n.id ORDER BY n.id) AS ids
        FROM new_rows n JOIN blanks_batchcard b ON b.batch_id = n.batch_id AND b.card_id = n.card_id
        JOIN blanks_printbatch p ON p.id = n.batch_id
        WHERE NOT b.open AND n.number IS NOT NULL GROUP BY 1 ORDER BY 1
    LOOP
        -- the card has left the batch: a blank was used all the same, one of that quota, else of the store
        SELECT least(balance, cardinality(late.ids)) INTO of_quota FROM blanks_account WHERE id = 100 + late.kecamatan_id;
        FOR part IN
            SELECT * FROM (VALUES (100 + late.kecamatan_id, late.ids[:of_quota]), (2, late.ids[of_quota + 1:])) x (account, ids)
            WHERE cardinality(ids) > 0
        LOOP
            INSERT INTO blanks_movement (from_account_id, to_account_id, quantity, cause)
            VALUES (part.account, 4, cardinality(part.ids), 'late_result') RETURNING id INTO its_movement;
            INSERT INTO blanks_serialmove (movement_id, series_id, number, from_place, to_place, card_id)
            SELECT its_movement, series_id, number, 'free', 'spoiled', card_id FROM new_rows WHERE id = ANY (part.ids);
        END LOOP;
        INSERT INTO blanks_late (result_id, at) SELECT unnest(late.ids), now();
    END LOOP;
    INSERT INTO blanks_serialmove (series_id, number, from_place, to_place, card_id)
    SELECT series_id, number, 'free', 'cards', card_id FROM new_rows
    WHERE number IS NOT NULL AND id IN (SELECT unnest(in_time));
    before := coalesce(current_setting('ektp.reason', true), '');
    FOR way IN SELECT * FROM (VALUES ('printed', '', 'PRINTED'), ('misprint', 'misprint', 'WAITING_FOR_BLANK'),
                                     ('not_printed', 'not_printed', 'WAITING_FOR_BLANK')) x (outcome, why, stage)
    LOOP
        PERFORM set_config('ektp.reason', way.why, true);
        UPDATE tracking_card SET stage = way.stage WHERE id IN (
            SELECT card_id FROM new_rows WHERE outcome = way.outcome AND id IN (SELECT unnest(in_time)));
    END LOOP;
    PERFORM set_config('ektp.reason', before, true);
    RETURN NULL;
"""


class Result(models.Model):
    """What the printer made of a card: appended, it moves the card. Undone by a correction of the card's step."""

    site_may = "SELECT, INSERT"

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="results", db_constraint=False)
    card_id = models.BigIntegerField(_("kartu"))
    outcome = models.CharField(_("hasil"), max_length=11, choices=Outcome)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    number = models.BigIntegerField(_("nomor seri"), null=True)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("hasil cetak")
        constraints = [
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="outcome_known"),
        ]
        indexes = [models.Index(fields=["batch", "card_id"], name="result_card")]
        triggers = [
            Door(name="result_1_signed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGN),
            OwnerDoor(
                name="result_recorded",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[
                    ("in_time", "bigint[]"),
                    ("late", "record"),
                    ("part", "record"),
                    ("way", "record"),
                    ("of_quota", "bigint"),
                    ("its_movement", "bigint"),
                    ("before", "text"),
                ],
                func=_RECORDED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_outcome_display())


class Late(models.Model):
    """A result that came for a card that had left its batch: a blank was spoiled, and somebody must look."""

    site_may = "SELECT, UPDATE"

    result = models.OneToOneField(
        Result, models.PROTECT, primary_key=True, related_name="late", db_constraint=False
    )
    at = models.DateTimeField(_("sejak"))
    settled_at = models.DateTimeField(_("selesai"), null=True)
    settled_by = models.CharField(_("diselesaikan oleh"), max_length=80, null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("hasil terlambat")
        ordering = ["result_id"]
        triggers = [
            Door(
                name="late_1_settled",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF OLD.settled_at IS NOT NULL OR (NEW.result_id, NEW.at) IS DISTINCT FROM (OLD.result_id, OLD.at) THEN
                        RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'a late result is settled once, and not edited';
                    END IF;
                    NEW.settled_at := now(); NEW.settled_by := public.tracking_actor();
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.result)


class Reject(models.Model):
    """A result that could not be booked, as it was typed or read: the card stays open in its batch until it is put right."""

    site_may = "SELECT, INSERT"

    batch = models.ForeignKey(PrintBatch, models.PROTECT, related_name="rejects", db_constraint=False)
    line = models.IntegerField(null=True)  # of the printer's file
    card_id = models.BigIntegerField(null=True)  # if it was one of the batch's
    card = models.CharField(_("kartu"), max_length=40, blank=True)  # code or queue number as it came
    serial = models.CharField(_("nomor seri"), max_length=60, blank=True)
    outcome = models.CharField(_("hasil"), max_length=40, blank=True)
    reason = models.CharField(_("sebab"), max_length=20)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("hasil yang ditolak")
        ordering = ["-id"]
        triggers = [
            Door(
                name="reject_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.actor := public.tracking_actor(); NEW.at := now(); RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
