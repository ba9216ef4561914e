"""What is known of the supply to come: planned shipments, and the days on which nobody works."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.triggers import Door

from .account import Document

_KEPT = """
    IF OLD.ended_at IS NOT NULL OR (NEW.id, NEW.quantity, NEW.earliest, NEW.latest, NEW.tender, NEW.at, NEW.actor)
       IS DISTINCT FROM (OLD.id, OLD.quantity, OLD.earliest, OLD.latest, OLD.tender, OLD.at, OLD.actor)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'a plan is ended once, and a new one made; it is not edited';
    END IF;
    NEW.ended_at := now();
    RETURN NEW;
"""


class PlannedShipment(models.Model):
    """A shipment that is promised: how many blanks, between which days. Ends when it came or was called off."""

    site_may = "SELECT, INSERT, UPDATE"

    quantity = models.PositiveIntegerField(_("jumlah blanko"))
    earliest = models.DateField(_("paling awal"))
    latest = models.DateField(_("paling lambat"))
    tender = models.CharField(_("pengadaan"), max_length=120)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    ended_at = models.DateTimeField(_("berakhir"), null=True, editable=False)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, blank=True, verbose_name=_("datang dengan"), related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("rencana kiriman")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(latest__gte=F("earliest"), quantity__gt=0), name="plan_makes_sense"
            ),
        ]
        triggers = [
            Door(
                name="plan_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="NEW.actor := tracking_actor(); NEW.at := now(); NEW.ended_at := NULL; RETURN NEW;",
            ),
            Door(name="plan_1_ended", when=pgtrigger.Before, operation=pgtrigger.Update, func=_KEPT),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} ({self.tender})"


class Closure(models.Model):
    """A day on which the office does not print though the national calendar would let it: cuti bersama, a move, a flood."""

    site_may = "SELECT, INSERT, DELETE"

    day = models.DateField(_("hari"), unique=True)
    why = models.CharField(_("sebab"), max_length=120)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("hari tutup")
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day}: {self.why}"
