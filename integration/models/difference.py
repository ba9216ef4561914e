"""What a sender of one kecamatan says of a card that another kecamatan has: told to nobody but the office."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .batch import Batch
from .source import Source


class Difference(models.Model):
    """One such word about one card, as work for the office: applied nowhere, and never made twice."""

    class Settled(models.TextChoices):
        """How the office ended it."""

        OURS_IS_RIGHT = "ours", _("Data kita benar; pengirim diberi tahu")
        MOVED = "moved", _("Warga pindah; menunggu data pusat")
        DUPLICATE = "duplicate", _("Data ganda; diminta dihapus di pusat")
        OTHER = "other", _("Lainnya")

    card_id = models.BigIntegerField(_("kartu"))
    source = models.ForeignKey(Source, models.PROTECT, db_index=False, verbose_name=_("sumber"))
    batch = models.ForeignKey(Batch, models.PROTECT, db_index=False, verbose_name=_("kiriman"))
    # where the sender says that the citizen lives
    kecamatan_id = models.SmallIntegerField(_("kecamatan menurut pengirim"))
    code = models.CharField(_("kode menurut pengirim"), max_length=32)
    since = models.DateTimeField(_("tanggal menurut pengirim"))
    at = models.DateTimeField(_("diterima"), db_default=Now())
    settled_at = models.DateTimeField(_("selesai"), null=True)
    settled_by = models.CharField(_("diselesaikan oleh"), max_length=80, blank=True)
    settled = models.CharField(_("penyelesaian"), max_length=10, choices=Settled, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("selisih antarkecamatan")
        constraints = [
            # this prevents the same work every night
            models.UniqueConstraint(
                fields=["source", "card_id", "kecamatan_id", "code", "since"], name="difference_once"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled="", settled_by="")
                | Q(settled_at__isnull=False) & ~Q(settled="") & ~Q(settled_by=""),
                name="difference_settled_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(settled_at__isnull=True), name="difference_open"),
            models.Index(fields=["card_id"], name="difference_card"),
        ]

    def __str__(self) -> str:
        return f"{self.source} · {self.code}"
