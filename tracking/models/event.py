"""The card's history: steps (Event) and what the centre said without moving the card (CentralFact)."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..stages import Stage


class NextEventId(Func):
    """Draws the next id; a column default, because the key is composite and has no identity of its own."""

    function = "nextval"
    template = "nextval('tracking_event_id')"


class Event(models.Model):
    """One step of a card. Written by the door alone, never changed: copies, no foreign keys, no personal data."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("card_id", "id")
    id = models.BigIntegerField(db_default=NextEventId())
    card_id = models.BigIntegerField()
    from_stage = models.CharField(_("dari"), max_length=20, choices=Stage, null=True)
    to_stage = models.CharField(_("ke"), max_length=20, choices=Stage)
    at = models.DateTimeField(_("dicatat"))
    since = models.DateTimeField(_("terjadi"))
    code = models.CharField(_("kode pusat"), max_length=32, null=True)
    actor = models.CharField(_("oleh"), max_length=80)
    reason = models.CharField(_("sebab"), max_length=32, blank=True)
    source = models.CharField(_("sumber"), max_length=80)
    left_outside = models.BooleanField(null=True)  # whether the step left a card outside the ledger
    corrects = models.BigIntegerField(_("membetulkan"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("peristiwa")
        constraints = [
            # this prevents undoing one step twice
            models.UniqueConstraint(
                fields=["card_id", "corrects"], condition=Q(corrects__isnull=False), name="undone_once"
            ),
        ]
        # appended as they happen: a few pages say which are of a day, or the latest ones
        indexes = [
            BrinIndex(fields=["at"], name="event_at", pages_per_range=32),
            BrinIndex(fields=["id"], name="event_numbers", pages_per_range=32, autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage or '∅'} → {self.to_stage}"


class CentralFact(models.Model):
    """A change of the central code that moved nothing: kept, shown in the timeline, never changed."""

    site_may = "SELECT, INSERT"

    card_id = models.BigIntegerField(db_index=True)
    code = models.CharField(_("kode pusat"), max_length=32)
    since = models.DateTimeField(_("menurut pusat"))
    source = models.CharField(_("sumber"), max_length=80)
    at = models.DateTimeField(_("dicatat"), db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("keterangan pusat")

    def __str__(self) -> str:
        return self.code


class Note(models.Model):
    """A free note on a card, apart from the history so that it can be erased."""

    site_may = "SELECT, INSERT, DELETE"

    card_id = models.BigIntegerField(db_index=True)
    text = models.CharField(_("catatan"), max_length=500)
    actor = models.CharField(_("oleh"), max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = verbose_name_plural = _("catatan")
        ordering = [F("at").desc()]

    def __str__(self) -> str:
        return self.text
