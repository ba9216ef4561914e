"""A citizen as the central register describes them, and what the register last said of their card."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .regions import Kelurahan


class Citizen(models.Model):
    """One person. The NIK is sealed; it is found only through the keyed index.

    Personal data and the centre's last word are not in Card, so that a feed that names a card locks it only
    when it moves it.
    """

    nik_index = models.UUIDField(_("indeks NIK"), editable=False)
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

    class Meta:
        verbose_name = verbose_name_plural = _("warga")
        constraints = [
            # with the id in it a whole feed finds its people without reading them
            models.UniqueConstraint(fields=["nik_index"], include=["id"], name="one_citizen_a_nik"),
        ]
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


class CentralWord(models.Model):
    """What the centre said last of a citizen's card, and a digest of the row that said it.

    Apart from the citizen because every feed reads and writes it: a tenth of the bytes of a citizen's row.
    """

    citizen = models.OneToOneField(
        Citizen, models.PROTECT, primary_key=True, related_name="word", db_constraint=False
    )
    code = models.CharField(_("kode pusat terakhir"), max_length=32)
    # a date without a time is that whole day: from its first to its last microsecond
    central_from = models.DateTimeField(_("tanggal status pusat"))
    central_until = models.DateTimeField(_("sampai"))
    row_digest = models.BigIntegerField(
        _("sidik baris terakhir"), editable=False
    )  # keyed, over all of the last accepted row but code and status; equal means the same personal data
    written_digest = models.BigIntegerField(
        _("sidik baris terakhir seperti tertulis"), default=0, editable=False
    )  # keyed, over its bytes in the file; equal means nothing new at all

    class Meta:
        verbose_name = verbose_name_plural = _("kata terakhir pusat")

    def __str__(self) -> str:
        return self.code
