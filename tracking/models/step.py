"""The legal steps as the database knows them: the table that the door checks every step against."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..stages import Stage


class Step(models.Model):
    """One legal step with one reason, loaded from stages.STEPS; a step nobody listed is an error."""

    site_may = "SELECT"

    from_stage = models.CharField(max_length=20, choices=Stage)
    to_stage = models.CharField(max_length=20, choices=Stage)
    reason = models.CharField(max_length=32, blank=True)
    towards_citizen = models.BooleanField(_("menuju warga: dihentikan oleh blokir"))
    short_undo = models.BooleanField(_("boleh segera dibatalkan pencatatnya"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_stage", "to_stage", "reason"], name="step_once"),
        ]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage} {self.reason}".rstrip()


class OfficeRule(models.Model):
    """The office's own limits, one row, kept by a supervisor."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    undo_minutes = models.PositiveSmallIntegerField(_("batas pembatalan sendiri (menit)"), default=15)

    class Meta:
        verbose_name = verbose_name_plural = _("aturan kantor")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_office_rule")]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)
