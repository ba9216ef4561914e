"""The receipt given at a counter after an identity check: an address that opens what only the holder should see."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..triggers import Door

_SIGN = """
    NEW.actor := tracking_actor();
    NEW.at := now();
    NEW.ended_at := NULL; NEW.ended_by := NULL;
    RETURN NEW;
"""

_END = """
    IF OLD.ended_at IS NOT NULL OR (NEW.id, NEW.card_id, NEW.token_hash, NEW.office_id, NEW.shown, NEW.at, NEW.actor)
       IS DISTINCT FROM (OLD.id, OLD.card_id, OLD.token_hash, OLD.office_id, OLD.shown, OLD.at, OLD.actor)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a receipt is ended once and not edited';
    END IF;
    NEW.ended_by := tracking_actor();
    NEW.ended_at := now();
    RETURN NEW;
"""


class Receipt(models.Model):
    """One receipt of a card. Its token is on the paper alone; here is a hash of it."""

    class Shown(models.TextChoices):
        """What the holder showed at the counter."""

        FAMILY_CARD = "kk", _("Kartu Keluarga (KK)")
        OLD_CARD = "ktp", _("KTP lama")
        SUKET = "suket", _("Suket")
        OTHER = "other", _("Bukti diri lain")

    card_id = models.BigIntegerField(_("kartu"))
    token_hash = models.BinaryField(max_length=32, unique=True)
    office_id = models.SmallIntegerField(_("loket"))  # as in Office: a kecamatan, or 0 for Disdukcapil
    shown = models.CharField(_("bukti diri"), max_length=5, choices=Shown)
    at = models.DateTimeField(_("diberikan"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    ended_at = models.DateTimeField(_("dicabut"), null=True, editable=False)
    ended_by = models.CharField(_("dicabut oleh"), max_length=80, null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("tanda terima")
        constraints = [
            # this prevents a lost paper that still opens the record after a new one was given
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(ended_at__isnull=True), name="one_receipt"
            ),
        ]
        triggers = [
            Door(name="receipt_new", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGN),
            Door(name="receipt_end", when=pgtrigger.Before, operation=pgtrigger.Update, func=_END),
        ]

    def __str__(self) -> str:
        return str(self.get_shown_display())
