"""What a partner shows to be let in: kept as a hash, for one source and perhaps one kecamatan."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan
from tracking.triggers import Door

from .source import Source

# A token that was given out never speaks for anybody else, lives no longer than was said, and stays revoked.
_PINNED = """
    IF (NEW.source_id, NEW.kecamatan_id, NEW.hash, NEW.may_read_changes, NEW.created_by)
       IS DISTINCT FROM (OLD.source_id, OLD.kecamatan_id, OLD.hash, OLD.may_read_changes, OLD.created_by)
       OR NEW.expires_at > OLD.expires_at
       OR OLD.revoked_at IS NOT NULL AND NEW.revoked_at IS DISTINCT FROM OLD.revoked_at
       OR OLD.slot IS NULL AND NEW.slot IS NOT NULL
    THEN
        RAISE EXCEPTION USING ERRCODE = 'EK007', MESSAGE = 'a token is not changed, only revoked';
    END IF;
    RETURN NEW;
"""


class Token(models.Model):
    """A partner's token. Two of the same source and kecamatan may be valid, so that one can replace the other."""

    source = models.ForeignKey(Source, models.PROTECT, related_name="tokens", verbose_name=_("sumber"))
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, null=True, blank=True, verbose_name=_("kecamatan")
    )
    hash = models.BinaryField(max_length=32, unique=True, editable=False)  # its words are random: no salt
    hint = models.CharField(_("awal token"), max_length=12)  # by which people tell two apart
    addresses = ArrayField(
        models.CharField(max_length=43), verbose_name=_("alamat jaringan"), default=list, blank=True
    )  # networks it may come from; none: from anywhere
    may_read_changes = models.BooleanField(_("boleh membaca perubahan kartu"), default=False)
    created_at = models.DateTimeField(_("dibuat"), db_default=Now())
    created_by = models.CharField(_("dibuat oleh"), max_length=80)
    expires_at = models.DateTimeField(_("berlaku sampai"))
    last_used_at = models.DateTimeField(_("terakhir dipakai"), null=True, editable=False)
    revoked_at = models.DateTimeField(_("dicabut"), null=True, editable=False)
    revoked_by = models.CharField(_("dicabut oleh"), max_length=80, blank=True, editable=False)
    slot = models.SmallIntegerField(null=True, editable=False)  # 1 or 2 while it counts among the valid ones

    class Meta:
        verbose_name = verbose_name_plural = _("token mitra")
        ordering = ["-id"]
        constraints = [
            # this prevents a third valid token of the same source and kecamatan
            models.UniqueConstraint(
                fields=["source", "kecamatan", "slot"],
                condition=Q(slot__isnull=False),
                nulls_distinct=False,
                name="two_tokens_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(slot__isnull=True) | Q(slot__in=(1, 2), revoked_at__isnull=True),
                name="token_slot",
            ),
        ]
        triggers = [
            Door(name="token_pinned", when=pgtrigger.Before, operation=pgtrigger.Update, func=_PINNED),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.hint}…"

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()
