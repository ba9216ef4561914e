"""The only way past the queue: a supervisor's exception, with a category from a fixed list."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.triggers import Door

from ..ledger import Category

_SIGN = """
    NEW.actor := public.tracking_actor(); NEW.at := now(); NEW.ended_at := NULL;
    IF NOT public.tracking_is_supervisor(NEW.actor) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor serves somebody before their turn';
    END IF;
    PERFORM FROM public.tracking_card c WHERE c.id = NEW.card_id AND c.stage = 'WAITING_FOR_BLANK' FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = 'EK018', MESSAGE = 'only a card that waits can be served before its turn';
    END IF;
    RETURN NEW;
"""


class Priority(models.Model):
    """A card served before its turn. It holds until the card is printed or cancelled; the reason is not published."""

    site_may = "SELECT, INSERT"

    card_id = models.BigIntegerField(_("kartu"))
    category = models.CharField(_("golongan"), max_length=10, choices=Category)
    why = models.CharField(_("alasan"), max_length=300)
    at = models.DateTimeField(_("dicatat"), db_default=Now(), editable=False)
    actor = models.CharField(_("oleh"), max_length=80, db_default="", editable=False)
    ended_at = models.DateTimeField(_("berakhir"), null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("pengecualian antrean")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=Category.values) & ~Q(why=""), name="priority_says_why"
            ),
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(ended_at__isnull=True), name="one_priority_a_card"
            ),
        ]
        indexes = [models.Index(fields=["at"], name="priority_at")]
        triggers = [
            Door(name="priority_1_signed", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_SIGN),
        ]

    def __str__(self) -> str:
        return str(self.get_category_display())
