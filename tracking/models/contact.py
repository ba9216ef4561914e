"""Where a citizen wants to be told of each step: sealed, confirmed by a code, ended with one tap, deleted in time."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Contact(models.Model):
    """A phone number or e-mail address for the news of one card."""

    site_may = "SELECT, INSERT, UPDATE, DELETE"

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Nomor HP")

    card_id = models.BigIntegerField()
    kind = models.CharField(max_length=5, choices=Kind)
    sealed = models.BinaryField()
    language = models.CharField(max_length=2, default="id")
    at = models.DateTimeField(db_default=Now())
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(null=True)
    told_event = models.BigIntegerField(default=0)  # the card's newest event that was told
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("kontak warga")
        constraints = [
            models.UniqueConstraint(
                fields=["card_id"], condition=Q(ended_at__isnull=True), name="one_contact"
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(ended_at__isnull=True, confirmed_at__isnull=False),
                name="contact_to_tell",
            )
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())
