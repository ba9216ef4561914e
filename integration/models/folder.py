"""Files that came through the drop folder, so that the same one is known again, and how each folder is."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from .batch import Batch
from .source import Source


class DroppedFile(models.Model):
    """The content of a file of a source, as a keyed hash, and the batch that it became. Let go after 30 days."""

    site_may = "SELECT, INSERT, UPDATE, DELETE"

    source = models.ForeignKey(Source, models.PROTECT, db_index=False)
    digest = models.UUIDField()
    batch = models.OneToOneField(Batch, models.CASCADE, related_name="dropped")
    at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now())  # when it last came, the first time or again

    class Meta:
        constraints = [
            # this prevents that two workers take in the same file, also under two names
            models.UniqueConstraint(fields=["source", "digest"], name="dropped_once"),
        ]


class FolderState(models.Model):
    """How the worker last found a source's folder."""

    source = models.OneToOneField(Source, models.PROTECT, primary_key=True, related_name="folder")
    looked_at = models.DateTimeField(_("terakhir dilihat"))
    waiting = models.PositiveIntegerField(_("berkas menunggu"), default=0)
    oldest_at = models.DateTimeField(_("berkas tertua"), null=True)
    fault = models.CharField(_("kendala"), max_length=200, blank=True)
