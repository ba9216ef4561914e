from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SiteConfig(AppConfig):
    name = "bekasi_ektp"
    verbose_name = _("e-KTP Bekasi")
    default_auto_field = "django.db.models.BigAutoField"
