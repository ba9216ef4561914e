"""The access log: every look of staff at a person's record. Appended, never changed."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AccessLog(models.Model):
    """Who looked at which cards, when, how and why. Copies, no foreign keys: it outlives them."""

    site_may = "SELECT, INSERT"

    class Action(models.TextChoices):
        """How somebody looked."""

        VIEW = "view", _("Membuka kartu")
        LIST = "list", _("Melihat daftar")
        SEARCH = "search", _("Mencari")
        EXPORT = "export", _("Mengekspor")
        REVEAL = "reveal", _("Membuka NIK lengkap")

    at = models.DateTimeField(_("waktu"), db_default=Now(), editable=False)
    user_id = models.BigIntegerField(_("nomor akun"))
    username = models.CharField(_("akun"), max_length=150)
    office = models.CharField(_("kantor"), max_length=20)
    action = models.CharField(_("tindakan"), max_length=8, choices=Action)
    card_ids = ArrayField(models.BigIntegerField(), verbose_name=_("kartu"), default=list)
    reason = models.CharField(_("alasan"), max_length=200, blank=True)
    source = models.CharField(_("halaman"), max_length=80)  # the page's name, never its address

    class Meta:
        verbose_name = verbose_name_plural = _("catatan akses")
        indexes = [
            GinIndex(fields=["card_ids"], name="access_card"),  # who looked at this card
            models.Index(fields=["user_id", "id"], name="access_user"),
        ]
        constraints = [
            # this prevents a whole NIK that nobody says why it was opened
            models.CheckConstraint(
                condition=~models.Q(action="reveal") | ~models.Q(reason=""), name="reveal_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.get_action_display()}"
