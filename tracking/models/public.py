"""What the citizen's pages need beside the card: offices, how fresh the data is, limits, a key."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

DISDUKCAPIL = 0
"""Id of the main office; a kecamatan's office has the kecamatan's id."""


class Office(models.Model):
    """A counter that a page may send a citizen to. One row per kecamatan and one for Disdukcapil."""

    id = models.SmallIntegerField(primary_key=True)
    name = models.CharField(_("nama loket"), max_length=100)
    address = models.CharField(_("alamat"), max_length=200)
    hours = models.CharField(_("jam buka"), max_length=100)
    phone = models.CharField(_("telepon"), max_length=40, blank=True)
    checked = models.BooleanField(
        _("sudah diperiksa"), default=False, help_text=_("Alamat, jam dan telepon sudah dicocokkan.")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("loket")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Freshness(models.Model):
    """When data last arrived of a kecamatan, whose id it has: moved by each batch of a sender who speaks for it."""

    id = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField(_("data terakhir diterima"))

    class Meta:
        verbose_name = verbose_name_plural = _("kesegaran data")

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LookupLimit(models.Model):
    """What a client, a NIK or the city has spent of its look-ups: paid back as time passes `spent_until`.

    The key is a keyed hash that changes every day, so that a row names nobody. Unlogged: a crash forgives.
    """

    site_may = "SELECT, INSERT, UPDATE, DELETE"

    key = models.UUIDField(primary_key=True)
    day = models.DateField(db_index=True)  # never updated, so updates of spent_until stay on their page
    spent_until = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.spent_until)


class Secret(models.Model):
    """A random key that must outlive the rotation of all others, sealed under the seal key."""

    name = models.CharField(primary_key=True, max_length=40)
    sealed = models.BinaryField()
    made_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.name
