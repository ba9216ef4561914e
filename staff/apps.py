"""Accounts, roles, kecamatan scope, two-step log-in and the access log."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "staff"
    verbose_name = _("Petugas")
    default_auto_field = "django.db.models.BigAutoField"
    staff_may = {
        "supervisor": ("view_user", "add_user", "change_user", "view_secondstepact"),
        "auditor": ("view_user", "view_accesslog", "view_secondstepact"),
    }

    def ready(self) -> None:
        from . import roles

        post_migrate.connect(roles.grant, dispatch_uid="staff.roles.grant")


class StaffSiteConfig(AdminConfig):
    """Django's admin with our site; stands in INSTALLED_APPS in its place."""

    default_site = "staff.site.StaffSite"
