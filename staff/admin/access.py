"""The access log as the auditor reads it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from staff.models import AccessLog

from .base import Choice, ReadOnly, StaffAdmin

SHOWN = 12


class ByAction(Choice):
    title = _("tindakan")
    parameter_name = "tindakan"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return AccessLog.Action.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnly, StaffAdmin):
    list_display = ("at", "username", "office", "action", "cards", "reason", "source")
    list_display_links = None
    list_filter = (ByAction,)
    fields = readonly_fields = ("at", "username", "office", "action", "card_ids", "reason", "source")

    @admin.display(description=_("kartu"))
    def cards(self, row: AccessLog) -> str:
        some = ", ".join(map(str, row.card_ids[:SHOWN]))
        more = len(row.card_ids) - SHOWN
        return f"{some} (+{more})" if more > 0 else some
