"""Suket: the numbered letter that stands in for a card while blanks are out. In force until its day or the card's delivery."""

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..stages import Stage, quoted
from ..triggers import Door

HELPED = (Stage.WAITING_FOR_BLANK, Stage.BLANK_ALLOCATED, Stage.PRINTED, Stage.AT_KECAMATAN)
"""Stages in which a citizen may ask for one: recorded, unique, and without the card."""

# Numbers of a year have no gaps; whoever issues at the same time waits for the year's turn.
_ISSUE = f"""
    IF (SELECT c.stage FROM tracking_card c WHERE c.id = NEW.card_id) IS NULL
       OR (SELECT c.stage FROM tracking_card c WHERE c.id = NEW.card_id) NOT IN ({quoted(HELPED)})
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK042', MESSAGE = 'a suket is for somebody who waits for a card';
    END IF;
    NEW.year := extract(year FROM now() AT TIME ZONE 'Asia/Jakarta');
    PERFORM pg_advisory_xact_lock(x'656B7477'::int, NEW.year);
    NEW.number := coalesce((SELECT max(s.number) FROM tracking_suket s WHERE s.year = NEW.year), 0) + 1;
    NEW.actor := tracking_actor();
    NEW.at := now();
    NEW.ended_at := NULL; NEW.ended_by := NULL; NEW.end_reason := '';
    RETURN NEW;
"""

_END = """
    IF OLD.ended_at IS NOT NULL OR NEW.end_reason NOT IN ('renewed', 'taken', 'void')
       OR to_jsonb(NEW) - 'ended_at' - 'ended_by' - 'end_reason' <> to_jsonb(OLD) - 'ended_at' - 'ended_by' - 'end_reason'
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK004', MESSAGE = 'a suket is ended once, with a reason, and not edited';
    END IF;
    NEW.ended_by := tracking_actor();
    NEW.ended_at := now();
    RETURN NEW;
"""


class Suket(models.Model):
    """One suket of one card."""

    class End(models.TextChoices):
        """Why it holds no longer before its day."""

        RENEWED = "renewed", _("Diperpanjang")
        TAKEN = "taken", _("Ditarik saat kartu diserahkan")
        VOID = "void", _("Dibatalkan")

    card_id = models.BigIntegerField(_("kartu"))
    year = models.SmallIntegerField(editable=False, db_default=0)
    number = models.IntegerField(editable=False, db_default=0)
    office_id = models.SmallIntegerField(_("loket"))  # as in Office
    valid_until = models.DateField(_("berlaku sampai"))
    at = models.DateTimeField(_("diterbitkan"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    ended_at = models.DateTimeField(_("berakhir"), null=True, editable=False)
    ended_by = models.CharField(max_length=80, null=True, editable=False)
    end_reason = models.CharField(_("sebab"), max_length=7, choices=End, blank=True, db_default="")

    class Meta:
        verbose_name = verbose_name_plural = _("suket")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="suket_number"),
            # this prevents two letters in force for one person
            models.UniqueConstraint(fields=["card_id"], condition=Q(ended_at__isnull=True), name="one_suket"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("at__date")), name="suket_holds_a_while"),
        ]
        indexes = [models.Index(fields=["card_id"], name="suket_card")]
        triggers = [
            Door(name="suket_issue", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_ISSUE),
            Door(name="suket_end", when=pgtrigger.Before, operation=pgtrigger.Update, func=_END),
        ]

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"
