"""Blanks: the ledger, division over the kecamatan, printing in order, and how far the supply will reach."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .rights import STAFF_MAY


class BlanksConfig(AppConfig):
    name = "blanks"
    verbose_name = _("Blanko")
    default_auto_field = "django.db.models.BigAutoField"
    staff_may = STAFF_MAY

    def ready(self) -> None:
        from tracking import calendar, verify
        from tracking.public import supply

        from .models import Closure
        from .public import Ledger
        from .publication import join
        from .verify import lists

        calendar.register_closures(lambda: Closure.objects.values_list("day", flat=True))
        verify.register(Path(self.path) / "verify" / "invariants.sql", lists)
        join()
        supply.register(Ledger())
