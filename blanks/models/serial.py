"""Serials: received as ranges, one row each only for those that were used or named.

A serial without a row of its own lies in the stock of the store or of a quota. Numbers alone count: `0100` of
a series is `100`.
"""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DecimalRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.triggers import Door, OwnerDoor

from ..ledger import FREE, Place
from .account import SERIALS_FIT, Document, Movement

SERIES_APART = 10**18  # a serial has at most 18 digits


class Series(models.Model):
    """A fixed prefix of serials, most often none."""

    site_may = "SELECT, INSERT"

    id = models.SmallAutoField(primary_key=True)
    prefix = models.CharField(_("awalan"), max_length=20, unique=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("seri blanko")

    def __str__(self) -> str:
        return self.prefix


def on_one_line(series: str, number: str) -> str:
    """SQL of a serial as one number, each series apart from the others: what `span` of its Range contains."""
    return f"{series} * {SERIES_APART}::numeric + {number}"


class _Span(Func):
    """The range as one stretch of numbers, so that PostgreSQL itself refuses an overlap."""

    template = f"numrange({on_one_line('series_id', 'first')}, {on_one_line('series_id', 'last')}, '[]')"
    output_field = DecimalRangeField()  # type: ignore[assignment]


class Range(models.Model):
    """Serials from first to last that came with a document. No serial is ever received twice."""

    site_may = "SELECT, INSERT"

    document = models.ForeignKey(Document, models.PROTECT, related_name="ranges")
    series_id = models.SmallIntegerField()
    first = models.BigIntegerField(_("seri pertama"))
    last = models.BigIntegerField(_("seri terakhir"))
    width = models.SmallIntegerField(_("banyak angka"))
    span = models.GeneratedField(expression=_Span(), output_field=DecimalRangeField(), db_persist=True)

    class Meta:
        verbose_name = verbose_name_plural = _("rentang seri")
        constraints = [
            models.CheckConstraint(
                condition=Q(first__gte=0, last__gte=models.F("first"), last__lt=SERIES_APART),
                name="range_ordered",
            ),
            ExclusionConstraint(name="serial_received_once", expressions=[("span", RangeOperators.OVERLAPS)]),
        ]
        triggers = [
            OwnerDoor(
                name="range_counts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=SERIALS_FIT,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.named(self.first)}–{self.named(self.last)}"

    def named(self, number: int) -> str:
        """A serial of this range as it stands on the blank."""
        return f"{Series.objects.get(pk=self.series_id).prefix}{number:0{self.width}}"


class Serial(models.Model):
    """Where a blank is that is known by its serial: written by the trigger of SerialMove alone."""

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("series_id", "number")
    series_id = models.SmallIntegerField()
    number = models.BigIntegerField()
    place = models.CharField(_("tempat"), max_length=10, choices=[(FREE, _("Stok")), *Place.choices])
    card_id = models.BigIntegerField(_("kartu"), null=True)  # that it is, or was last, printed for
    move_id = models.BigIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("nomor seri")
        constraints = [
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(place=Place.CARDS), name="one_serial_a_card"
            ),
        ]
        indexes = [
            models.Index(
                fields=["place", "series_id", "number"], condition=~Q(place=Place.CARDS), name="serial_place"
            ),
            models.Index(fields=["card_id"], condition=~Q(place=Place.CARDS), name="serial_was_card"),
        ]


_MOVE = f"""
    PERFORM 1 FROM new_rows LIMIT 1;
    IF NOT FOUND THEN RETURN NULL; END IF;
    IF EXISTS (SELECT FROM new_rows n WHERE NOT EXISTS (
        SELECT FROM blanks_range r
        WHERE r.span @> ({on_one_line("n.series_id", "n.number")})))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK013', MESSAGE = 'this serial was never received';
    END IF;
    UPDATE blanks_serial s SET place = n.to_place, card_id = n.card_id, move_id = n.id
    FROM new_rows n WHERE s.series_id = n.series_id AND s.number = n.number AND s.place = n.from_place;
    GET DIAGNOSTICS moved = ROW_COUNT;
    -- without a row of its own it lay in stock
    INSERT INTO blanks_serial (series_id, number, place, card_id, move_id)
    SELECT series_id, number, to_place, card_id, id FROM new_rows WHERE from_place = 'free' ORDER BY series_id, number
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS first_named = ROW_COUNT;
    IF moved + first_named <> (SELECT count(*) FROM new_rows)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK014', MESSAGE = 'this blank is not there: its serial was used or moved before';
    END IF;
    IF EXISTS (SELECT FROM blanks_movement m WHERE m.id IN (SELECT movement_id FROM new_rows)
               AND m.quantity < (SELECT count(*) FROM blanks_serialmove x WHERE x.movement_id = m.id))
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK012', MESSAGE = 'a movement names no more blanks than it moves';
    END IF;
    RETURN NULL;
"""

_SIGN = """
    NEW.at := now();
    IF pg_trigger_depth() > 1 AND public.blanks_as_owner() THEN
        RETURN NEW;
    END IF;
    -- by hand: with a movement of this transaction, from its account to its account
    SELECT CASE WHEN f.place IN ('store', 'quota') THEN 'free' ELSE f.place END AS from_place,
           CASE WHEN t.place IN ('store', 'quota') THEN 'free' ELSE t.place END AS to_place INTO way
    FROM public.blanks_movement m JOIN public.blanks_account f ON f.id = m.from_account_id
    JOIN public.blanks_account t ON t.id = m.to_account_id
    WHERE m.id = NEW.movement_id AND m.xid = pg_current_xact_id()::text::bigint;
    IF NOT FOUND OR 'cards' IN (way.from_place, way.to_place) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK010', MESSAGE = 'a serial moves with its movement, or with its card';
    END IF;
    NEW.from_place := way.from_place; NEW.to_place := way.to_place;
    NEW.card_id := (SELECT s.card_id FROM public.blanks_serial s
                    WHERE s.series_id = NEW.series_id AND s.number = NEW.number);
    RETURN NEW;
"""


class SerialMove(models.Model):
    """The history of a serial: each time that it came somewhere else. Bound to a card it stays in the account `cards`."""

    site_may = "SELECT, INSERT"

    movement = models.ForeignKey(
        Movement, models.PROTECT, null=True, related_name="serials", db_constraint=False
    )
    series = models.ForeignKey(Series, models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    number = models.BigIntegerField()
    from_place = models.CharField(max_length=10, db_default=FREE, editable=False)
    to_place = models.CharField(max_length=10, db_default=FREE, editable=False)
    card_id = models.BigIntegerField(null=True, editable=False)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("riwayat seri")
        indexes = [models.Index(fields=["series", "number"], name="serialmove_serial")]
        triggers = [
            Door(
                name="serialmove_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("way", "record")],
                func=_SIGN,
            ),
            OwnerDoor(
                name="serialmove_placed",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                level=pgtrigger.Statement,
                referencing=pgtrigger.Referencing(new="new_rows"),
                declare=[("moved", "bigint"), ("first_named", "bigint")],
                func=_MOVE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_place} → {self.to_place}"
