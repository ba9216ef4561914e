from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationConfig(AppConfig):
    name = "integration"
    verbose_name = _("Berkas pusat")
    default_auto_field = "django.db.models.BigAutoField"
    staff_may = {
        "operator": (
            *("view_batch", "add_batch", "view_source"),
            *("view_difference", "change_difference"),
        ),
        "supervisor": (
            *("view_batch", "add_batch", "view_source", "change_source"),
            *("view_difference", "change_difference"),
            *("view_token", "add_token", "change_token"),
        ),
        "auditor": ("view_batch", "view_source", "view_token", "view_difference"),
    }

    def ready(self) -> None:
        from outbox import kinds

        from . import announcing, watching

        kinds.register(watching.KIND, _("Sumber data bermasalah"), watching.message)
        kinds.register(announcing.KIND, _("Hari diumumkan"), announcing.message)
