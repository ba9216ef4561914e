"""A citizen as the central register describes them, and what the register last said of their card."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .regions import Kelurahan


class Citizen(models.Model):
    """One person. The NIK is sealed; it is found only through the keyed index.

    Personal data and the centre's last word are here and not in Card, so that a feed that names a card
    locks it only when it moves it.
    """

    nik_index = models.UUIDField(_("indeks NIK"), unique=True, editable=False)
    nik_sealed = models.BinaryField(_("NIK tersegel"))
    name = models.CharField(_("nama"), max_length=100)
    kelurahan = models.ForeignKey(Kelurahan, models.PROTECT, db_constraint=False, db_index=False)
    rw = models.SmallIntegerField("RW", null=True, blank=True)
    rt = models.SmallIntegerField("RT", null=True, blank=True)
    recorded_at = models.DateTimeField(_("perekaman"))
    address_sealed = models.BinaryField(_("alamat tersegel"), null=True)
    address_digest = models.BigIntegerField(null=True, editable=False)
    phone_sealed = models.BinaryField(_("nomor HP tersegel"), null=True)
    phone_digest = models.BigIntegerField(null=True, editable=False)
    central_code = models.CharField(_("kode pusat terakhir"), max_length=32)
    # a date without a time is that whole day: from its first to its last microsecond
    central_from = models.DateTimeField(_("tanggal status pusat"))
    central_until = models.DateTimeField(_("sampai"))
    row_digest = models.BigIntegerField(
        _("sidik baris terakhir"), editable=False
    )  # of the last accepted feed row, keyed; equal means nothing new

    class Meta:
        verbose_name = verbose_name_plural = _("warga")
        indexes = [
            # prefix search by staff; pattern_ops because the city's own server may have another collation
            models.Index(fields=["name"], opclasses=["varchar_pattern_ops"], name="citizen_name"),
        ]

    def __str__(self) -> str:
        return self.initials

    @property
    def initials(self) -> str:
        """`B. S.`: all of a name that a NIK alone opens."""
        return " ".join(f"{word[0]}." for word in self.name.split())
