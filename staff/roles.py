"""The roles as groups, and what each may do, as the rooms say it in `staff_may` of their AppConfig.

A right is "<verb>_<model>": Django's own (view, add, change) or one of ours (cancel_card). None is "delete".
"""

from django.apps import AppConfig, apps
from django.contrib.auth.management import create_permissions
from django.db import connections, models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Name of the group -> what people call it."""

    OPERATOR = "operator", _("Operator Disdukcapil")
    SUPERVISOR = "supervisor", _("Penyelia Disdukcapil")
    KECAMATAN = "kecamatan", _("Petugas kecamatan")
    AUDITOR = "auditor", _("Pemeriksa")


def grant(app_config: AppConfig, using: str, **options: object) -> None:
    """After migrate: exactly the rights that the app's `staff_may` gives to each role, no more."""
    staff_may: dict[str, tuple[str, ...]] = getattr(app_config, "staff_may", {})
    if not staff_may or not _is_migrated(using):
        return
    create_permissions(app_config, using=using, verbosity=0)
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for group in apps.get_model("auth", "Group").objects.using(using).filter(name__in=Role.values):
        rights = []
        for name in staff_may.get(group.name, ()):
            model = name.split("_", 1)[1]
            about = ContentType.objects.using(using).get(app_label=app_config.label, model=model)
            right, _made = Permission.objects.using(using).get_or_create(
                content_type=about, codename=name, defaults={"name": name.replace("_", " ")}
            )
            rights.append(right)
        had = group.permissions.filter(content_type__app_label=app_config.label)
        group.permissions.remove(*had.exclude(pk__in=[right.pk for right in rights]))
        group.permissions.add(*rights)


def _is_migrated(using: str) -> bool:
    return "auth_group" in connections[using].introspection.table_names()
