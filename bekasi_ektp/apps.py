"""The site as Django knows it."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "bekasi_ektp"

    def ready(self) -> None:
        from . import checks  # noqa: F401  registers them
