"""The turn log: which queue numbers stood in line, when, and who was served: all that is needed to replay the order."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..stages import Letter


class Act(models.TextChoices):
    """What happened to a number. Why it left or came back (held, blocked, corrected) is nobody's business."""

    ENTER = "enter", _("masuk antrean")
    LEAVE = "leave", _("keluar dari antrean")
    RETURN = "return", _("kembali ke antrean")
    SERVED = "served", _("dicetak")
    EXCEPTION = "exception", _("dicetak sebagai pengecualian")


class Turn(models.Model):
    """The numbers of one queue that did one thing at one moment; what a moment holds happened together.

    Written when the queue is settled, never changed. All queues of a kecamatan are locked then, so that its
    moments follow each other as its commits did, whatever their times say: `at` is when the transaction began.
    """

    site_may = "SELECT"

    pk = models.CompositePrimaryKey("moment", "kecamatan_id", "letter", "act")
    moment = models.BigIntegerField()
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1, choices=Letter)
    act = models.CharField(_("peristiwa"), max_length=9, choices=Act)
    at = models.DateTimeField(_("dicatat"))
    numbers = ArrayField(models.IntegerField())  # ascending

    class Meta:
        verbose_name = verbose_name_plural = _("catatan giliran")
        indexes = [models.Index(fields=["kecamatan_id", "moment"], name="turn_of_kecamatan")]

    def __str__(self) -> str:
        return f"{self.act} {self.letter} ({len(self.numbers)})"
