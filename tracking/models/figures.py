"""What the figures need beside the counters: obliged citizens, citizens who have several cards, days gone by."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..stages import LED_BY_LEDGER, Kind, Stage, quoted
from ..touched import unless_touched
from ..triggers import OwnerDoor
from .card import Card
from .regions import Kecamatan

READY = (Stage.WAITING_FOR_BLANK, *LED_BY_LEDGER)
"""Whose citizen is "ready or served": has a card, or only waits for a blank."""

_MANY = 1000
# A citizen counts once. In large statements only cards that replace another are looked up: for a first card the
# intake has made sure that there was none.
_REPEATS = f"""
    (n.kind <> '{Kind.FIRST}' OR NOT (SELECT count(*) > {_MANY} FROM new_rows))
    AND EXISTS (  -- OFFSET: by the index for the few that get here, never as a join with all cards
        SELECT FROM tracking_card o
        WHERE o.citizen_id = n.citizen_id AND o.closed AND o.id <> n.id AND o.stage = 'DELIVERED' OFFSET 0)
"""
_CREATED = f"""
    PERFORM tracking_count_again(array_agg(id), array_agg(NULL::text), array_agg(NULL::smallint))
    FROM new_rows n WHERE stage IN ({quoted(READY)}) AND {_REPEATS} HAVING count(*) > 0;
    RETURN NULL;
"""
_MOVED = f"""
    {unless_touched(READY)}
    PERFORM tracking_count_again(array_agg(id), array_agg(left_stage::text), array_agg(left_place_id))
    FROM new_rows n
    WHERE left_stage IS NOT NULL AND (stage IN ({quoted(READY)}) OR left_stage IN ({quoted(READY)}))
        AND ((stage IN ({quoted(READY)})) <> (left_stage IN ({quoted(READY)}))
             OR stage = 'DELIVERED' OR left_stage = 'DELIVERED' OR place_id <> left_place_id)
        AND {_REPEATS}
    HAVING count(*) > 0;
    RETURN NULL;
"""


class Obliged(models.Model):
    """Citizens of a kecamatan who are obliged to have a card, as counted on a day; the newest day is in force."""

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+", db_index=False)
    dated = models.DateField(_("per tanggal"))
    quantity = models.PositiveIntegerField(_("wajib KTP"))
    source = models.CharField(_("sumber"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("wajib KTP")
        ordering = ["-dated", "kecamatan_id"]
        constraints = [
            models.UniqueConstraint(fields=["kecamatan", "dated"], name="obliged_once_a_day"),
            models.CheckConstraint(condition=~models.Q(source=""), name="obliged_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kecamatan} {self.dated}"


class Again(models.Model):
    """What to take off a count of cards to count citizens: cards of who has another one that counts.

    Rows are differences, so that nobody waits for anybody; the sum by kecamatan counts. Of a citizen's cards the
    first that was delivered counts, else the open one. `delivered`: the card that does not count is delivered too.
    """

    site_may = "SELECT"

    kecamatan_id = models.SmallIntegerField()
    delivered = models.BooleanField()
    n = models.IntegerField()


class DayCount(models.Model):
    """How many cards of the city were in a stage at the end of a day."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("day", "stage")
    day = models.DateField()
    stage = models.CharField(max_length=20, choices=Stage)
    n = models.IntegerField()


class Stay(models.Model):
    """How many cards left a stage in a week (its Monday) after so many whole days."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("week", "stage", "days")
    week = models.DateField()
    stage = models.CharField(max_length=20, choices=Stage)
    days = models.IntegerField()
    n = models.IntegerField()


class CountedCard(Card):
    """Cards, for the triggers that tell cards from citizens."""

    class Meta:
        proxy = True
        triggers = [
            OwnerDoor(
                name="card_counts_once_new",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_CREATED,
            ),
            # named to run after the door has said which stages the statement touched
            OwnerDoor(
                name="card_recounts_citizens",
                when=pgtrigger.After,
                operation=pgtrigger.Update,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                func=_MOVED,
            ),
        ]
