"""From the office to the door: custody, hand-overs, rounds, couriers."""

from pathlib import Path

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .rights import STAFF_MAY


class DeliveryConfig(AppConfig):
    name = "delivery"
    verbose_name = _("Pengantaran")
    default_auto_field = "django.db.models.BigAutoField"
    staff_may = STAFF_MAY

    def ready(self) -> None:
        from outbox import kinds
        from tracking import rotation, verify

        from . import calls, keys, refusals, refusals_of_rounds
        from .queries import timeline
        from .verify import lists

        # their words, and what they add to a card's history, are known from the start
        assert refusals and refusals_of_rounds and timeline
        kinds.register(calls.KIND, _("Panggilan jemput"), calls.words)
        for table, fields in keys.SEALED.items():
            rotation.register(table, fields)
        verify.register(Path(self.path) / "verify" / "invariants.sql", lists)
