"""Couriers, and the link with which a courier opens one round on a phone."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan, Kelurahan
from tracking.triggers import Door

MOST_TRIES = 5
"""Wrong PINs after which a link is locked until an officer unlocks it."""

_SIGN = """
    IF TG_OP = 'INSERT' THEN
        NEW.actor := public.tracking_actor(); NEW.at := now(); NEW.erased_at := NULL;
    ELSIF (NEW.id, NEW.kecamatan_id, NEW.at, NEW.actor) IS DISTINCT FROM (OLD.id, OLD.kecamatan_id, OLD.at, OLD.actor)
          OR (OLD.erased_at IS NOT NULL AND NEW IS DISTINCT FROM OLD) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK031', MESSAGE = 'a courier stays where they are, and what was erased stays so';
    END IF;
    RETURN NEW;
"""

_SIGN_LINK = """
    IF TG_OP = 'INSERT' THEN
        NEW.actor := public.tracking_actor(); NEW.at := now();
        NEW.tries := 0; NEW.locked_at := NULL; NEW.opened_at := NULL; NEW.seen_at := NULL; NEW.ended_at := NULL;
    ELSE
        IF (NEW.id, NEW.round_id, NEW.courier_id, NEW.token_hash, NEW.pin_hash, NEW.at, NEW.actor)
           IS DISTINCT FROM (OLD.id, OLD.round_id, OLD.courier_id, OLD.token_hash, OLD.pin_hash, OLD.at, OLD.actor)
           OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
           OR (OLD.key_sealed IS NULL AND NEW.key_sealed IS NOT NULL)
        THEN
            RAISE EXCEPTION USING ERRCODE = 'EK031', MESSAGE = 'a link is for one courier and one round, and what ended stays so';
        END IF;
        IF NEW.tries >= 5 THEN NEW.locked_at := coalesce(NEW.locked_at, now()); ELSE NEW.locked_at := NULL; END IF;
    END IF;
    RETURN NEW;
"""


class Courier(models.Model):
    """A resident who carries cards to their neighbours' doors. Name and phone go 7 days after the last round."""

    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="+")
    kelurahan = models.ForeignKey(Kelurahan, models.PROTECT, related_name="+", null=True)
    rw = models.SmallIntegerField("RW", null=True)
    rt = models.SmallIntegerField("RT", null=True)
    name_sealed = models.BinaryField(_("nama"), null=True)
    phone_sealed = models.BinaryField(_("nomor HP"), null=True)
    letter_number = models.CharField(_("nomor surat tugas"), max_length=60)
    valid_from = models.DateField(_("berlaku sejak"))
    valid_until = models.DateField(_("sampai"))
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=80, db_default="", editable=False)
    erased_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("kurir")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__lte=models.F("valid_until")), name="courier_valid_for_a_time"
            ),
            # this prevents that a name stays behind when its courier is forgotten
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(name_sealed__isnull=True, phone_sealed__isnull=True),
                name="courier_erased_whole",
            ),
        ]
        triggers = [
            Door(
                name="courier_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_SIGN,
            )
        ]

    def __str__(self) -> str:
        return _("Kurir %(id)s") % {"id": self.pk}

    @property
    def actor_name(self) -> str:
        """How events and attempts name this courier: a number, so that history keeps no name."""
        return f"courier:{self.pk}"


class Link(models.Model):
    """The address and PIN with which one courier opens one round. A round has one that lives, or none.

    The address is kept as a hash. `key_sealed` is the round's key: the phone signs with it what it sends,
    also after the link has died; the PIN is kept as a keyed hash under it. The key goes 7 days after the end.
    """

    round = models.ForeignKey("delivery.Round", models.PROTECT, related_name="links")
    courier = models.ForeignKey(Courier, models.PROTECT, related_name="+")
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    key_sealed = models.BinaryField(null=True, editable=False)
    pin_hash = models.BinaryField(max_length=32, editable=False)
    tries = models.SmallIntegerField(_("PIN salah"), default=0)
    locked_at = models.DateTimeField(_("terkunci"), null=True)
    opened_at = models.DateTimeField(_("dibuka"), null=True)
    seen_at = models.DateTimeField(_("kabar terakhir"), null=True)
    skew = models.IntegerField(_("jam HP lebih cepat (detik)"), null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.CharField(max_length=80, db_default="", editable=False)
    ended_at = models.DateTimeField(_("dicabut"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("tautan kurir")
        constraints = [
            # this prevents two phones of two people in one round
            models.UniqueConstraint(
                fields=["round"], condition=Q(ended_at__isnull=True), name="one_link_a_round"
            ),
            models.CheckConstraint(
                condition=Q(tries__gte=0, tries__lte=MOST_TRIES), name="link_tries_counted"
            ),
        ]
        triggers = [
            Door(
                name="link_1_signed",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=_SIGN_LINK,
            )
        ]
