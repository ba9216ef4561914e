"""A system or office that sends data about citizens."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """One sender. Unknown ones are made when their first file comes."""

    slug = models.SlugField(_("kode"), max_length=60, unique=True)
    name = models.CharField(_("nama"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("dibuat"), auto_now_add=True)
    # how often it is expected to send; empty: it sends when it has something
    rhythm_hours = models.PositiveSmallIntegerField(
        _("irama kiriman (jam)"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(24 * 31)],
        help_text=_("Seberapa sering kiriman diharapkan, misalnya 24. Kosong: tidak tentu."),
    )
    contact = models.CharField(
        _("yang dihubungi"), max_length=200, blank=True, help_text=_("Nama, jabatan, dan telepon.")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("sumber data")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug
