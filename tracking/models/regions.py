"""Kecamatan and kelurahan of the city, and the office of each."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kecamatan(models.Model):
    """A district. Its id is the last two digits of the national code (32.75.01 -> 1)."""

    site_may = "SELECT"

    id = models.SmallIntegerField(primary_key=True)
    code = models.CharField(_("kode"), max_length=8, unique=True)
    name = models.CharField(_("nama"), max_length=60)
    slug = models.SlugField(max_length=60, unique=True)

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = _("kecamatan")

    def __str__(self) -> str:
        return self.name


class Kelurahan(models.Model):
    """A village of a kecamatan. Its id is kecamatan * 10000 + the last four digits (32.75.01.1001 -> 11001)."""

    site_may = "SELECT"

    id = models.IntegerField(primary_key=True)
    code = models.CharField(_("kode"), max_length=13, unique=True)
    name = models.CharField(_("nama"), max_length=60)
    kecamatan = models.ForeignKey(Kecamatan, models.PROTECT, related_name="kelurahan")

    class Meta:
        ordering = ["id"]
        verbose_name = verbose_name_plural = _("kelurahan")

    def __str__(self) -> str:
        return self.name
