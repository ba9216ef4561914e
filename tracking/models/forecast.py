"""Promises of a date: what each forecast told the queue numbers, kept so that its accuracy can be published."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from ..stages import Letter

EVERYBODY_AFTER = 2_147_483_647
"""`up_to` of the last range of a queue: whoever drew a number since."""


class Forecast(models.Model):
    """One forecast of the whole queue. `why`: nobody can say, and this is the reason."""

    site_may = "SELECT, INSERT"

    class Why(models.TextChoices):
        """Why nothing can be said."""

        NO_SUPPLY_KNOWN = "no_supply", _("Belum ada rencana kiriman, dan kiriman yang lalu kurang dari tiga.")

    day = models.DateField(_("hari"), db_index=True)
    made_at = models.DateTimeField(_("dibuat"), db_default=Now(), editable=False)
    why = models.CharField(_("sebab tidak dapat diperkirakan"), max_length=12, choices=Why, blank=True)
    basis = models.JSONField(
        _("dasar"), default=dict
    )  # stock, shipments, errors so far: all it was computed from

    class Meta:
        verbose_name = verbose_name_plural = _("perkiraan")
        ordering = ["-id"]
        indexes = [
            # the first range that a card was given: of the forecasts since its number was drawn
            models.Index(fields=["day", "id"], name="forecast_known", condition=Q(why="")),
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class ForecastRange(models.Model):
    """From the number after the range before up to this one: printed between these days, or nobody can say."""

    site_may = "SELECT, INSERT"

    pk = models.CompositePrimaryKey("forecast_id", "kecamatan_id", "letter", "up_to")
    forecast_id = models.BigIntegerField()
    kecamatan_id = models.SmallIntegerField()
    letter = models.CharField(max_length=1, choices=Letter)
    up_to = models.IntegerField(_("sampai nomor"))
    likely = models.DateField(_("paling cepat mungkin (P50)"), null=True)
    surely = models.DateField(_("paling lambat (P90)"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(likely__isnull=True, surely__isnull=True)
                | Q(likely__isnull=False, surely__gte=models.F("likely")),
                name="range_in_order",
            ),
        ]
