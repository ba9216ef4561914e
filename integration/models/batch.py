"""One intake: the files of one call, what became of their rows, and the rows that were refused."""

from django.db import connection, models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tracking.models import Kecamatan

from .source import Source


class Batch(models.Model):
    """An intake and its summary. Counts add up to the rows read; nothing in it is personal."""

    class State(models.TextChoices):
        """Where an intake is."""

        UPLOADED = "uploaded", _("Menunggu diperiksa")
        PREVIEWED = "previewed", _("Menunggu persetujuan")
        CONFIRMED = "confirmed", _("Sedang diterapkan")
        APPLIED = "applied", _("Selesai")
        REFUSED = "refused", _("Tidak dapat dibaca")
        WITHDRAWN = "withdrawn", _("Dibatalkan")

    class Door(models.TextChoices):
        """Through which door it came."""

        ADMIN = "admin", _("Unggahan petugas")
        COMMAND = "command", _("Perintah")
        API = "api", _("API mitra")
        FOLDER = "folder", _("Folder kiriman")

    class Form(models.TextChoices):
        """What its files are: `file` is CSV or XLSX, whatever their names say."""

        FILE = "file", _("CSV atau XLSX")
        CSV = "csv", "CSV"
        NDJSON = "ndjson", "NDJSON"

    source = models.ForeignKey(Source, models.PROTECT, related_name="batches", verbose_name=_("sumber"))
    door = models.CharField(_("jalan masuk"), max_length=8, choices=Door, default=Door.ADMIN)
    form = models.CharField(_("bentuk"), max_length=6, choices=Form, default=Form.FILE)
    # the only kecamatan that its sender speaks for; empty: the whole city
    kecamatan = models.ForeignKey(
        Kecamatan, models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("kecamatan")
    )
    state = models.CharField(_("keadaan"), max_length=10, choices=State, default=State.UPLOADED)
    actor = models.CharField(_("oleh"), max_length=80)
    created_at = models.DateTimeField(_("diterima"), default=timezone.now, editable=False)
    finished_at = models.DateTimeField(_("selesai"), null=True)
    files = models.JSONField(_("berkas"), default=list)  # names as the sender called them
    upload = models.CharField(max_length=64, blank=True)  # folder under var/uploads while it waits
    done = models.BigIntegerField(_("sudah dibaca (bita)"), default=0)
    size = models.BigIntegerField(_("ukuran (bita)"), default=0)
    read = models.IntegerField(_("dibaca"), default=0)
    created = models.IntegerField(_("baru"), default=0)
    updated = models.IntegerField(_("berubah"), default=0)
    unchanged = models.IntegerField(_("tetap"), default=0)
    stale = models.IntegerField(_("kedaluwarsa"), default=0)
    rejected = models.IntegerField(_("ditolak"), default=0)
    seconds = models.FloatField(_("detik"), default=0)
    reasons = models.JSONField(_("sebab penolakan"), default=dict)
    moves = models.JSONField(_("perpindahan tahap"), default=list)  # [[from, to, n]]
    samples = models.JSONField(_("contoh"), default=dict)  # outcome -> rows without personal data
    unknown_columns = models.JSONField(_("kolom tak dikenal"), default=list)
    message = models.TextField(_("pesan"), blank=True)
    fault = models.CharField(max_length=20, blank=True)  # why it was refused, as a code of feed/errors.py
    fingerprint = models.CharField(max_length=40, blank=True)  # of all decisions of the preview

    class Meta:
        verbose_name = verbose_name_plural = _("kiriman data")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["source", "-id"], name="batch_source"),
            models.Index(fields=["state"], condition=Q(state="confirmed"), name="batch_at_work"),
        ]

    def __str__(self) -> str:
        return f"{self.source} #{self.pk}"

    def reserve(self) -> None:
        """Give it its number, by which others may speak of it, before it is saved."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(pg_get_serial_sequence('integration_batch', 'id'))")
            [self.pk] = cursor.fetchone()

    def insert(self) -> None:
        """Save it anew under the number it was given. (By save() that takes a tenth of all that a little batch takes.)"""
        fields = self._meta.concrete_fields
        columns, marks = ", ".join(str(field.column) for field in fields), ", ".join(["%s"] * len(fields))
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO integration_batch ({columns}) VALUES ({marks})",
                [field.get_db_prep_save(getattr(self, field.attname), connection) for field in fields],
            )
        self._state.adding = False

    @property
    def is_over(self) -> bool:
        """Nothing more will become of it."""
        return self.state in (self.State.APPLIED, self.State.REFUSED, self.State.WITHDRAWN)

    def summary(self) -> dict[str, object]:
        """The summary in the words of the contract, for commands and partners."""
        return {
            "batch": self.pk,
            "source": self.source.slug,
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "stale": self.stale,
            "rejected": self.rejected,
            "seconds": self.seconds,
            "reasons": self.reasons,
        }


class RejectChunk(models.Model):
    """Some of a batch's refused rows as sealed CSV text; gone after 30 days."""

    site_may = "SELECT, INSERT, DELETE"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="reject_chunks")
    sealed = models.BinaryField()

    class Meta:
        ordering = ["id"]
