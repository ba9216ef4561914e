"""A system or office that sends data about citizens."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Source(models.Model):
    """One sender. Unknown ones are made when their first file comes."""

    slug = models.SlugField(_("kode"), max_length=60, unique=True)
    name = models.CharField(_("nama"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("dibuat"), auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = _("sumber data")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name or self.slug
