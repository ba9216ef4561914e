from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutboxConfig(AppConfig):
    name = "outbox"
    verbose_name = _("Pesan keluar")
    staff_may = {
        "operator": ("view_message", "change_message"),
        "supervisor": ("view_message", "change_message"),
        "auditor": ("view_message",),
    }

    def ready(self) -> None:
        from .staff_news import join

        join()
