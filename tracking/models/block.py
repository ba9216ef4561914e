"""Blocks: work items that keep a card from moving towards the citizen until a supervisor has looked."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..stages import BlockReason, LiftReason, quoted
from ..triggers import Door, OwnerDoor

# The card's flag follows the blocks. A card that was to be printed is withdrawn in the same statement.
_BLOCKED = """
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM tracking_actor();
    PERFORM FROM tracking_card WHERE id IN (SELECT card_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM new_rows n LEFT JOIN tracking_card c ON c.id = n.card_id WHERE c.closed IS NOT FALSE) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'only an open card can be blocked';
    END IF;
    before := coalesce(current_setting('ektp.reason', true), '');
    PERFORM set_config('ektp.reason', 'blocked', true);
    UPDATE tracking_card SET stage = 'WAITING_FOR_BLANK'
    WHERE id IN (SELECT card_id FROM new_rows) AND stage = 'BLANK_ALLOCATED';
    PERFORM set_config('ektp.reason', before, true);
    UPDATE tracking_card SET blocked = true WHERE id IN (SELECT card_id FROM new_rows) AND NOT blocked;
    INSERT INTO tracking_unsettled (place_id, letter, waits, blocked, card_ids)
    SELECT ticket_kecamatan_id, letter, stage = 'WAITING_FOR_BLANK', blocked, array_agg(id) FROM tracking_card
    WHERE id IN (SELECT card_id FROM new_rows) AND ticket_kecamatan_id IS NOT NULL GROUP BY 1, 2, 3, 4;
    RETURN NULL;
"""

_LIFTED = """
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    PERFORM FROM tracking_card WHERE id IN (SELECT card_id FROM new_rows) ORDER BY id FOR NO KEY UPDATE;
    UPDATE tracking_card c SET blocked = EXISTS (
        SELECT FROM tracking_block b WHERE b.card_id = c.id AND b.lifted_at IS NULL)
    WHERE id IN (SELECT card_id FROM new_rows);
    INSERT INTO tracking_unsettled (place_id, letter, waits, blocked, card_ids)
    SELECT ticket_kecamatan_id, letter, stage = 'WAITING_FOR_BLANK', blocked, array_agg(id) FROM tracking_card
    WHERE id IN (SELECT card_id FROM new_rows) AND ticket_kecamatan_id IS NOT NULL GROUP BY 1, 2, 3, 4;
    RETURN NULL;
"""

_SIGN_NEW = f"""
    IF NEW.reason NOT IN ({quoted(BlockReason)}) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK003', MESSAGE = 'a block needs one of its reasons';
    END IF;
    NEW.actor := tracking_actor();
    NEW.at := now();
    NEW.lifted_at := NULL; NEW.lifted_by := NULL; NEW.lift_reason := NULL;
    RETURN NEW;
"""

_SIGN_LIFT = f"""
    IF OLD.lifted_at IS NOT NULL
       OR (NEW.id, NEW.card_id, NEW.reason, NEW.source, NEW.at, NEW.actor)
          IS DISTINCT FROM (OLD.id, OLD.card_id, OLD.reason, OLD.source, OLD.at, OLD.actor)
       OR (NEW.code, NEW.central_from, NEW.central_until)
          IS DISTINCT FROM (OLD.code, OLD.central_from, OLD.central_until)
       OR coalesce(NEW.lift_reason, '') NOT IN ({quoted(LiftReason)})
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a block is lifted once, with a reason, and not edited';
    END IF;
    NEW.lifted_by := tracking_actor();
    NEW.lifted_at := now();
    IF NOT tracking_is_supervisor(NEW.lifted_by) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a block is lifted by a supervisor';
    END IF;
    RETURN NEW;
"""


class Block(models.Model):
    """A block of one card: why, by whom, since when, and how it ended."""

    card_id = models.BigIntegerField(_("kartu"))
    reason = models.CharField(_("sebab"), max_length=20, choices=BlockReason)
    source = models.CharField(_("sumber"), max_length=80)
    at = models.DateTimeField(_("sejak"), db_default=Now())
    actor = models.CharField(_("oleh"), max_length=80, editable=False)
    # the feed row that caused it, if one did; the same row after lifting says nothing new
    code = models.CharField(max_length=32, null=True, editable=False)
    central_from = models.DateTimeField(null=True, editable=False)
    central_until = models.DateTimeField(null=True, editable=False)
    lifted_at = models.DateTimeField(_("dicabut"), null=True, editable=False)
    lifted_by = models.CharField(_("dicabut oleh"), max_length=80, null=True, editable=False)
    lift_reason = models.CharField(_("sebab pencabutan"), max_length=20, choices=LiftReason, null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("blokir")
        constraints = [
            # this prevents the same harm twice, however often the feed repeats it
            models.UniqueConstraint(
                fields=["card_id", "reason"], condition=Q(lifted_at__isnull=True), name="one_block_a_reason"
            ),
        ]
        indexes = [models.Index(fields=["card_id"], name="block_card")]
        triggers = [
            Door(name="block_1_new", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGN_NEW),
            Door(name="block_1_lift", when=pgtrigger.Before, operation=pgtrigger.Update, func=_SIGN_LIFT),
            OwnerDoor(
                name="block_set",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("before", "text")],
                func=_BLOCKED,
            ),
            OwnerDoor(
                name="block_lifted",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_LIFTED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())
