"""The card's life: stages, queue, publication and the public pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from .rights import STAFF_MAY


class TrackingConfig(AppConfig):
    name = "tracking"
    verbose_name = _("Kartu dan antrean")
    default_auto_field = "django.db.models.BigAutoField"
    staff_may = STAFF_MAY

    def ready(self) -> None:
        from outbox import kinds
        from staff.second_step import actions as second_step

        from . import rotation
        from .actions import cases, contacts

        rotation.register("staff_authenticator", {"secret_sealed": second_step.FIELD})
        rotation.register("tracking_contact", {"sealed": contacts.CONTACT})
        rotation.register("tracking_case", {"text_sealed": cases.CASE_TEXT, "answer_sealed": cases.CASE_TEXT})
        kinds.register(contacts.CODE_MESSAGE, _("Kode untuk kabar"), contacts.say_code)
        kinds.register(contacts.STEP_MESSAGE, _("Kabar kepada warga"), contacts.say_step)

        from .publication.verify import join

        join()
