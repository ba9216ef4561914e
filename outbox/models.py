"""One row for each message to one receiver. It names what it speaks of and holds no personal data: the room
that wrote it says receiver and words at the moment of sending, so what was revoked since is not sent."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """A message and how far it has come."""

    class State(models.TextChoices):
        """In the order in which a message passes them."""

        WAITING = "waiting", _("Menunggu dikirim")
        SENDING = "sending", _("Sedang dikirim")
        SENT = "sent", _("Terkirim")
        FAILED = "failed", _("Gagal")
        UNSURE = "unsure", _("Tidak pasti terkirim")
        DROPPED = "dropped", _("Tidak jadi dikirim")

    site_may = "SELECT, INSERT, UPDATE, DELETE"  # old ones are let go of

    name = models.UUIDField(default=uuid.uuid4, editable=False)  # by which a receiver knows a repetition
    kind = models.CharField(_("jenis"), max_length=40)
    key = models.CharField(max_length=200)  # what it is about and to whom, as ids
    about = models.JSONField(default=dict)
    state = models.CharField(_("keadaan"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("percobaan"), default=0)
    made_at = models.DateTimeField(_("dibuat"), db_default=Now())
    due_at = models.DateTimeField(_("dikirim mulai"), db_default=Now())
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("terkirim"), null=True)
    fault = models.CharField(_("kendala"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pesan")
        verbose_name_plural = _("pesan keluar")
        constraints = [
            # this prevents the same news written twice to the same receiver
            models.UniqueConstraint(fields=["kind", "key"], name="message_once"),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="sent_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_due"),
            models.Index(fields=["state", "made_at"], condition=~Q(state="sent"), name="message_not_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.get_state_display()}"
